import { setTimeout as sleep } from 'timers/promises'

import { Gate, type GateState } from './gate'

const clock = {
  now: () => Date.now(),
  sleep: async (ms: number) => {
    await sleep(ms)
  },
  random: () => Math.random(),
}

/** One gate for each upstream, account and workspace in this process. */
const gates = new Map<string, Gate>()

/**
 * The gate of an upstream.
 * @param limit calls at a time, from the settings in force
 * @param perMinute calls a minute, from the settings in force; 0: no bound
 */
export function gateOf(
  account: string,
  workspace: string,
  upstream: string,
  limit: number,
  perMinute = 0
): Gate {
  const key = `${account}/${workspace}/${upstream}`
  const known = gates.get(key)
  if (known) {
    known.setBounds(limit, perMinute)
    return known
  }
  const gate = new Gate(clock, limit, `VTEX ${upstream}`)
  gate.setBounds(limit, perMinute)
  gates.set(key, gate)
  return gate
}

/** How the gates of an account and workspace stand in this process, by upstream. */
export function trafficOf(account: string, workspace: string): Record<string, GateState> {
  const prefix = `${account}/${workspace}/`
  const own = [...gates].filter(([key]) => key.startsWith(prefix))
  return Object.fromEntries(own.map(([key, gate]) => [key.slice(prefix.length), gate.state]))
}
