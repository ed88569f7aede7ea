import { AppError, type ErrorSummary } from '../common/errors'
import { codeOf, UpstreamError } from '../common/upstreamError'

/**
 * So many items in a row that an upstream refuses, none read in between, and the source is given up. Fewer are
 * the trouble of these items.
 */
export const MANY_IN_A_ROW = 20

/** Why one thing could not be read. */
export type ReadFailure = ErrorSummary

/** An upstream refuses whatever it is asked for: a person must act. */
export class SourceRefusedError extends AppError {
  readonly code = codeOf('refused')
}

/** Whether an upstream refused to say anything of one thing: 400, 401, 403 or a redirect. */
export const isRefusal = ({ code }: ReadFailure): boolean => code === codeOf('refused')

/** Whether what was thrown concerns whatever else would be asked: an upstream that is down, a fault of ours. */
export const isSourceFailure = (thrown: unknown): boolean =>
  !(thrown instanceof UpstreamError) || thrown.kind === 'circuitOpen'

/**
 * What was thrown while one thing was read, as the failure of that thing alone. Also where the upstream refuses
 * it: whoever reads many things finds out whether all of them are refused.
 * @throws what was thrown, where it concerns all
 */
export function toItemFailure(thrown: unknown): ReadFailure {
  if (!(thrown instanceof UpstreamError) || isSourceFailure(thrown)) throw thrown
  const { code, message } = thrown
  return { code, message }
}
