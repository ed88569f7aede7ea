import { ExponentialBackoff, handleWhen, retry, TimeoutStrategy, timeout, wrap } from 'cockatiel'
import { toUpstreamError, UpstreamError } from './upstreamError'

/** Somebody waits for the answer to a POST meanwhile. */
export const SENDING_MS = 2_000

const isPassing = (thrown: Error) =>
  thrown instanceof UpstreamError && (thrown.kind === 'down' || thrown.kind === 'overloaded')

/**
 * Sends an event, again where courier does not take it, for about two seconds. An event that arrives twice
 * does no harm.
 * @throws {UpstreamError}
 */
export async function sendWithRetry(send: () => Promise<unknown>): Promise<void> {
  const policy = wrap(
    timeout(SENDING_MS, TimeoutStrategy.Aggressive),
    retry(handleWhen(isPassing), {
      maxAttempts: 4,
      backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 800 }),
    })
  )
  try {
    await policy.execute(() =>
      send().catch((thrown: unknown) => {
        throw toUpstreamError('courier', thrown, Date.now())
      })
    )
  } catch (thrown) {
    throw toUpstreamError('courier', thrown, Date.now())
  }
}
