import { AppError } from '../errors'
import { BROKE_OFF, type FailedCall, failedCall } from './failedCall'
import { needOf, type Policy } from './policies'

/**
 * How a call to an upstream went wrong:
 * - `refused`: it will go wrong again the same way (400, 401, 403, a redirect); a person must act
 * - `missing`: 404, the thing asked for is not there
 * - `overloaded`: 429, the upstream asks for less
 * - `down`: no answer, or 5xx, or another status nobody documented; worth another try
 * - `parked`: it was down just now, and is not even asked for a while
 * - `malformed`: an answer that is not what the API's documentation says
 */
export type UpstreamTrouble = 'refused' | 'missing' | 'overloaded' | 'down' | 'parked' | 'malformed'

/**
 * A failed call to an upstream. Carries no header, no body and no query of the call, so it can be
 * logged and shown as it is.
 */
export class UpstreamError extends AppError {
  readonly code: string

  constructor(
    /** What was called, in words: "VTEX logistics". */
    readonly upstream: string,
    readonly trouble: UpstreamTrouble,
    /** What happened, in words. */
    readonly detail: string,
    /** HTTP status, when there was an answer. */
    readonly status?: number,
    /** Milliseconds the upstream asks to be left alone. */
    readonly retryAfterMs?: number
  ) {
    super(`${upstream}: ${detail}`)
    this.code = codeOf(trouble)
  }
}

/** The code by which failures and reports name a trouble. */
export const codeOf = (trouble: UpstreamTrouble) => `upstream_${trouble}`

/** What a call answers, or undefined where what it asks for is not there. @throws {UpstreamError} any other */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (thrown) {
    if (thrown instanceof UpstreamError && thrown.trouble === 'missing') return undefined
    throw thrown
  }
}

const REDIRECTS = 'the upstream redirects, which is not followed'

/** Statuses that a person must do something about. A redirect could take the credentials elsewhere. */
const HINTS: Record<number, string> = {
  301: REDIRECTS,
  302: REDIRECTS,
  303: REDIRECTS,
  307: REDIRECTS,
  308: REDIRECTS,
  401: 'the credentials were not accepted',
  403: "the app's role or policy does not allow this",
}

const troubleOf = (status: number): UpstreamTrouble => {
  if (status === 404) return 'missing'
  if (status === 429) return 'overloaded'
  return status === 400 || status in HINTS ? 'refused' : 'down'
}

/**
 * Turns what an HTTP client threw into an {@link UpstreamError}. @vtex/api prints uncaught axios
 * errors raw, credentials included, so none may pass.
 * @param now UTC milliseconds
 * @param needs what VTEX has to grant the app for this call
 */
export function toUpstreamError(
  upstream: string,
  thrown: unknown,
  now: number,
  needs: readonly Policy[] = []
): UpstreamError {
  if (thrown instanceof UpstreamError) return thrown
  const { code, response } = failedCall(thrown)
  if (response === undefined) return new UpstreamError(upstream, 'down', reasonOf(code))
  return statusError(upstream, response, now, needs)
}

/** The error that a whole answer is whose status is not the one that was hoped for. */
export function statusError(
  upstream: string,
  { status, headers }: NonNullable<FailedCall['response']>,
  now: number,
  needs: readonly Policy[] = []
): UpstreamError {
  const hint = status === 403 && needs.length > 0 ? needOf(needs) : HINTS[status]
  return new UpstreamError(
    upstream,
    troubleOf(status),
    `status ${status}${hint ? `, ${hint}` : ''}`,
    status,
    retryAfter(headers, now)
  )
}

const reasonOf = (code: unknown) => {
  if (code === BROKE_OFF) return 'the answer broke off'
  return typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? code : 'no answer'
}

const seconds = (value: unknown): number | undefined => {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^\d+(\.\d+)?$/.test(text.trim())
    ? Number(text) * 1000
    : undefined
}

/**
 * How long an answer asks to be left alone, in milliseconds. VTEX was seen to send `Retry-After`
 * (seconds or a date), `ratelimit-reset` or `x-ratelimit-reset` (seconds), or nothing.
 */
function retryAfter(headers: Record<string, unknown>, now: number): number | undefined {
  const asked = headers['retry-after']
  const date = typeof asked === 'string' ? Date.parse(asked) : Number.NaN
  return (
    seconds(asked) ??
    (Number.isNaN(date) ? undefined : Math.max(0, date - now)) ??
    seconds(headers['ratelimit-reset']) ??
    seconds(headers['x-ratelimit-reset'])
  )
}
