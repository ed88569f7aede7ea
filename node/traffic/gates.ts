import { setTimeout as sleep } from 'timers/promises'

import { Gate, type GateState } from './gate'
import { Quota } from './quota'
import { Throttle } from './throttle'

const clock = {
  now: () => Date.now(),
  sleep: async (ms: number) => {
    await sleep(ms)
  },
  random: () => Math.random(),
}

/** What the gates of an account and workspace share that lead to the same host. VTEX's APIs are one. */
interface Shared {
  quota: Quota
  throttle: Throttle
}

type Host = 'VTEX' | 'Centra'

/** One gate for each upstream, account and workspace in this process. */
const gates = new Map<string, Gate>()
const shares = new Map<string, Shared>()

function sharedOf(owner: string, host: Host): Shared {
  const key = `${owner}/${host}`
  const quota = new Quota()
  const shared = shares.get(key) ?? { quota, throttle: new Throttle(clock, quota) }
  shares.set(key, shared)
  return shared
}

/**
 * Sets how many calls a minute the gates of an account and workspace that lead to VTEX let pass together.
 * @param perMinute from the settings in force; 0: no bound
 */
export function setQuota(account: string, workspace: string, perMinute: number) {
  sharedOf(`${account}/${workspace}`, 'VTEX').quota.set(perMinute)
}

/**
 * The gate of one of VTEX's APIs, or of Centra's: `centra`.
 * @param limit calls at a time, from the settings in force
 */
export function gateOf(account: string, workspace: string, upstream: string, limit: number): Gate {
  const owner = `${account}/${workspace}`
  const key = `${owner}/${upstream}`
  const host = upstream === 'centra' ? 'Centra' : 'VTEX'
  const { throttle } = sharedOf(owner, host)
  const name = host === 'VTEX' ? `VTEX ${upstream}` : host
  const gate = gates.get(key) ?? new Gate(clock, limit, name, throttle)
  gate.setLimit(limit)
  gates.set(key, gate)
  return gate
}

/** How the gates of an account and workspace stand in this process, by upstream. */
export function trafficOf(account: string, workspace: string): Record<string, GateState> {
  const prefix = `${account}/${workspace}/`
  const own = [...gates].filter(([key]) => key.startsWith(prefix))
  return Object.fromEntries(own.map(([key, gate]) => [key.slice(prefix.length), gate.state]))
}
