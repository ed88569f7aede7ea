import { realClock } from '../common/clock'
import { type AccountRef, perAccount } from '../common/perAccount'
import { Limiter, type LimiterState } from './limiter'
import { RateLimiter } from './rateLimiter'

const clock = { ...realClock, random: () => Math.random() }

/** Concurrent requests until the settings are read, and to upstreams that no export calls for each SKU. */
const MANY = 25
const FEW = 4
/** Centra's pages are read one after another; it documents no rate limits. */
const CENTRA = 2

/** All VTEX APIs share one host, and so one rate limiter. */
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
    icm: new Limiter('Intershop', FEW, clock),
    // A message whose response is lost may have arrived: alerts decide when it is sent again.
    messageCenter: new Limiter('VTEX Message Center', FEW, clock, vtex, false),
    webhook: new Limiter('the alert webhook', FEW, clock, undefined, false),
  }
  return { vtex, byUpstream }
}

/** A client lives as long as a request or an event, its limiter as long as the process. */
const limitersOf = perAccount(newLimiters)

export const limiterOf = (
  owner: AccountRef,
  upstream: keyof ReturnType<typeof newLimiters>['byUpstream']
): Limiter => limitersOf(owner).byUpstream[upstream]

/** Applies the settings of an account to its requests to VTEX. */
export function setLimits(
  owner: AccountRef,
  { maxConcurrency, maxRequestsPerMinute }: { maxConcurrency: number; maxRequestsPerMinute: number }
) {
  const { vtex, byUpstream } = limitersOf(owner)
  const { catalog, logistics, bindings, offers } = byUpstream
  for (const limiter of [catalog, logistics, bindings, offers]) limiter.setLimit(maxConcurrency)
  vtex.setMaxPerMinute(maxRequestsPerMinute)
}

/** The state of the limiters of an account and workspace that were used, by upstream. */
export function trafficOf(owner: AccountRef): Record<string, LimiterState> {
  const used = Object.entries(limitersOf(owner).byUpstream).filter(
    ([, { state }]) => state.requests > 0
  )
  return Object.fromEntries(used.map(([upstream, { state }]) => [upstream, state]))
}
