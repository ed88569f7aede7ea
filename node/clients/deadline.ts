import type { InstanceOptions } from '@vtex/api'

/** The order in which @vtex/api wraps a call: its tracing, then these, then the rest. */
export type Wrap = NonNullable<InstanceOptions['middlewares']>[number]

/** Until an answer is there whole, where a call does not say. */
const TIMEOUT_MS = 20_000

/**
 * Ends a call when its signal does. @vtex/api's timeout begins anew with each byte, and where a compressed answer
 * breaks off, or is none, axios may wait for ever: 0.30 whatever its timeout is, 1.8 whatever its signal says too.
 */
export const withDeadline: Wrap = async ({ config }, next) => {
  const signal = config.signal ?? AbortSignal.timeout(TIMEOUT_MS)
  config.signal = signal
  let give: () => void = () => undefined
  const over = new Promise<never>((_, reject) => {
    give = () =>
      reject(Object.assign(new Error('no whole answer in time'), { code: 'ERR_CANCELED' }))
  })
  signal.addEventListener?.('abort', give)
  try {
    await Promise.race([next(), over])
  } finally {
    signal.removeEventListener?.('abort', give)
  }
}
