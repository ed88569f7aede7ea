import { randomBytes } from 'crypto'
import { setTimeout as sleep } from 'timers/promises'

import type { Clock } from './clock'

/** The machine's time. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => {
    await sleep(ms)
  },
  every: (ms, action) => {
    const timer = setInterval(action, ms)
    return () => clearInterval(timer)
  },
  nonce: () => randomBytes(6).toString('hex'),
}
