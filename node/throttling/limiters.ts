import { setTimeout as sleep } from 'timers/promises'

import { type AccountRef, perAccount } from '../common/perAccount'
import { Limiter, type LimiterState } from './limiter'
import { RateLimiter } from './rateLimiter'

const clock = {
  now: () => Date.now(),
  sleep: async (ms: number) => {
    await sleep(ms)
  },
  random: () => Math.random(),
}

/** Requests at a time until the settings were read, and to upstreams that no export asks for each SKU. */
const MANY = 25
const FEW = 4
/** Centra's pages come one after another; its rate limits are documented nowhere. */
const CENTRA = 2

/** VTEX's APIs are one host. */
function newLimiters() {
  const vtex = new RateLimiter(clock)
  const limiter = (api: string, limit: number) => new Limiter(`VTEX ${api}`, limit, clock, vtex)
  const byUpstream = {
    catalog: limiter('catalog', MANY),
    logistics: limiter('logistics', MANY),
    bindings: limiter('SKU bindings', MANY),
    offers: limiter('offers', MANY),
    sellers: limiter('seller register', FEW),
    scheduler: limiter('scheduler', FEW),
    centra: new Limiter('Centra', CENTRA, clock),
  }
  return { vtex, byUpstream }
}

/** By account and workspace. A client lives as long as a request or an event, its limiter as long as the process. */
const limitersOf = perAccount(newLimiters)

/** The limiter of an upstream for an account and workspace. */
export const limiterOf = (
  owner: AccountRef,
  upstream: keyof ReturnType<typeof newLimiters>['byUpstream']
): Limiter => limitersOf(owner).byUpstream[upstream]

/** Limits the requests of an account and workspace to VTEX as its settings say. */
export function setLimits(
  owner: AccountRef,
  { maxConcurrency, maxRequestsPerMinute }: { maxConcurrency: number; maxRequestsPerMinute: number }
) {
  const { vtex, byUpstream } = limitersOf(owner)
  const { catalog, logistics, bindings, offers } = byUpstream
  for (const limiter of [catalog, logistics, bindings, offers]) limiter.setLimit(maxConcurrency)
  vtex.setMaxPerMinute(maxRequestsPerMinute)
}

/** How the limiters of an account and workspace stand, by upstream, as far as they were used. */
export function trafficOf(owner: AccountRef): Record<string, LimiterState> {
  const used = Object.entries(limitersOf(owner).byUpstream).filter(
    ([, { state }]) => state.requests > 0
  )
  return Object.fromEntries(used.map(([upstream, { state }]) => [upstream, state]))
}
