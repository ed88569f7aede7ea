import { setTimeout as sleep } from 'timers/promises'

import { Gate, type GateState } from './gate'
import { Quota } from './quota'

const clock = {
  now: () => Date.now(),
  sleep: async (ms: number) => {
    await sleep(ms)
  },
  random: () => Math.random(),
}

/** One gate for each upstream, account and workspace in this process, and one quota for all of an account's. */
const gates = new Map<string, Gate>()
const quotas = new Map<string, Quota>()

function quotaOf(owner: string): Quota {
  const quota = quotas.get(owner) ?? new Quota()
  quotas.set(owner, quota)
  return quota
}

/**
 * Sets how many calls a minute all gates of an account and workspace let pass together.
 * @param perMinute from the settings in force; 0: no bound
 */
export function setQuota(account: string, workspace: string, perMinute: number) {
  quotaOf(`${account}/${workspace}`).set(perMinute)
}

/**
 * The gate of an upstream.
 * @param limit calls at a time, from the settings in force
 */
export function gateOf(account: string, workspace: string, upstream: string, limit: number): Gate {
  const owner = `${account}/${workspace}`
  const key = `${owner}/${upstream}`
  const gate = gates.get(key) ?? new Gate(clock, limit, `VTEX ${upstream}`, quotaOf(owner))
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
