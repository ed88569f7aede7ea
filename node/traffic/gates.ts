import { setTimeout as sleep } from 'timers/promises'

import { Gate } from './gate'

const clock = {
  now: () => Date.now(),
  sleep: async (ms: number) => {
    await sleep(ms)
  },
  random: () => Math.random(),
}

/** One gate for each upstream, account and workspace in this process. */
const gates = new Map<string, Gate>()

/** The gate of an upstream. @param limit calls at a time, from the settings in force */
export function gateOf(account: string, workspace: string, upstream: string, limit: number): Gate {
  const key = `${account}/${workspace}/${upstream}`
  const known = gates.get(key)
  if (known) {
    known.setLimit(limit)
    return known
  }
  const gate = new Gate(clock, limit)
  gates.set(key, gate)
  return gate
}
