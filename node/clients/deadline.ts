import type { InstanceOptions } from '@vtex/api'

/** @vtex/api wraps a call in its tracing, then in these, then in the rest. */
export type Wrap = NonNullable<InstanceOptions['middlewares']>[number]

/** Until the response is complete, for calls without a signal of their own. */
const TIMEOUT_MS = 20_000

/**
 * Ends a call when its signal aborts. @vtex/api's timeout restarts with each byte, and after an incomplete compressed
 * response axios may wait for ever: 0.30 despite its timeout, 1.8 despite its signal too.
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
