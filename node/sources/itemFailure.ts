import { AppError, describe, type ErrorSummary } from '../common/errors'
import { codeOf, UpstreamError } from '../common/upstreamError'

/** Refusals in a row that mean the whole source is refused. Fewer are failures of the items. */
export const MANY_IN_A_ROW = 20

/** An upstream refuses every request: a permanent failure that needs manual action. */
export class SourceRefusedError extends AppError {
  readonly code = codeOf('refused')
}

/** Whether an upstream refused one item: 400, 401, 403 or a redirect. */
export const isRefusal = ({ code }: ErrorSummary): boolean => code === codeOf('refused')

/** Whether an error concerns all items: the upstream's circuit is open, or the app has a bug. */
export const isSourceFailure = (thrown: unknown): boolean =>
  !(thrown instanceof UpstreamError) || thrown.kind === 'circuitOpen'

/**
 * Returns an error as the failure of one item, a refusal too: the caller finds out whether all items are refused.
 * @throws the error, if it concerns all items
 */
export function toItemFailure(thrown: unknown): ErrorSummary {
  if (!(thrown instanceof UpstreamError) || isSourceFailure(thrown)) throw thrown
  return describe(thrown)
}
