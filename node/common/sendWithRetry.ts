import { ExponentialBackoff, handleWhen, retry, TimeoutStrategy, timeout, wrap } from 'cockatiel'
import { isTemporary, toUpstreamError } from './upstreamError'

/** Short, since a client waits for the response to its POST. */
export const SENDING_MS = 2_000

/** Sends an event to courier and retries for about two seconds. Duplicates are harmless. @throws {UpstreamError} */
export async function sendWithRetry(send: () => Promise<unknown>): Promise<void> {
  const policy = wrap(
    timeout(SENDING_MS, TimeoutStrategy.Aggressive),
    retry(handleWhen(isTemporary), {
      maxAttempts: 4,
      backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 800 }),
    })
  )
  await policy.execute(() => send().catch(rethrow)).catch(rethrow)
}

const rethrow = (thrown: unknown) => {
  throw toUpstreamError('courier', thrown)
}
