import { UpstreamError } from '../clients/upstreamError'

const CONCERNS_ALL: readonly string[] = ['refused', 'parked']

/** Why one thing could not be read. */
export interface ReadFailure {
  code: string
  message: string
}

/**
 * What was thrown while one thing was read, as the failure of that thing alone.
 * @throws what was thrown, where it concerns all: refused credentials, an upstream that is down, a fault of ours
 */
export function failureOfOne(thrown: unknown): ReadFailure {
  if (!(thrown instanceof UpstreamError) || CONCERNS_ALL.includes(thrown.trouble)) throw thrown
  const { code, message } = thrown
  return { code, message }
}
