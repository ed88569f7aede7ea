import type { ErrorCode } from './errorCodes'
import { AppError } from './errors'

/**
 * How a call to an upstream went wrong:
 * - `refused`: it will go wrong again the same way (400, 401, 403, a redirect); a person must act
 * - `missing`: 404, the thing asked for is not there
 * - `overloaded`: 429, the upstream asks for less
 * - `down`: no answer, or 5xx, or another status nobody documented; worth another try
 * - `circuitOpen`: it failed repeatedly just now, and is not called for a while (circuit breaker)
 * - `malformed`: an answer that is not what the API's documentation says
 */
export type UpstreamErrorKind =
  | 'refused'
  | 'missing'
  | 'overloaded'
  | 'down'
  | 'circuitOpen'
  | 'malformed'

/**
 * A failed call to an upstream. Carries no header, no body and no query of the call, so it can be
 * logged and shown as it is.
 */
export class UpstreamError extends AppError {
  readonly code: ErrorCode

  constructor(
    /** What was called, in words: "VTEX logistics". */
    readonly upstream: string,
    readonly kind: UpstreamErrorKind,
    /** What happened, in words. */
    readonly detail: string,
    /** HTTP status, when there was an answer. */
    readonly status?: number,
    /** Milliseconds the upstream asks to be left alone. */
    readonly retryAfterMs?: number
  ) {
    super(`${upstream}: ${detail}`)
    this.code = codeOf(kind)
  }
}

/** The code by which failures and reports name an error. */
export const codeOf = (kind: UpstreamErrorKind): ErrorCode =>
  kind === 'circuitOpen' ? 'circuit_open' : `upstream_${kind}`

/** What a call answers, or undefined where what it asks for is not there. @throws {UpstreamError} any other */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (thrown) {
    if (thrown instanceof UpstreamError && thrown.kind === 'missing') return undefined
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

const troubleOf = (status: number): UpstreamErrorKind => {
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

/** An answer that ended before it was whole. */
export const BROKE_OFF = 'ERR_BROKE_OFF'
/** An answer of more than `maxContentLength`. */
export const TOO_LARGE = 'ERR_TOO_LARGE'

/** What may be known of a call that failed. */
export interface FailedCall {
  code?: unknown
  /** Of an answer that came; undefined where it is not whole. */
  response?: { status: number; headers: Record<string, unknown> } | undefined
}

/** The parts of an axios error that are read; nothing else of it may leave clients/. */
interface Thrown {
  code?: unknown
  message?: unknown
  response?: { status?: unknown; headers?: Record<string, unknown> }
}

/** 0.30 says `response stream aborted`, 1.x `stream has been aborted`, node `aborted`. */
const CODES_BY_WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^maxContentLength size of \d+ exceeded$/, TOO_LARGE],
  [/^(response stream |stream has been )?aborted$/, BROKE_OFF],
]

/**
 * What an HTTP client threw, alike for axios 0.30 (@vtex/api 6) and 1.x (the platform's own @vtex/api 7). They give
 * one code, ERR_BAD_RESPONSE, to different things, and the same things different codes: there the words tell. From
 * 1.16 on an answer that broke off is thrown with its status of success.
 */
export function failedCall(thrown: unknown): FailedCall {
  const { code, message, response } = (thrown ?? {}) as Thrown
  const [, known] = CODES_BY_WORDS.find(([words]) => words.test(String(message))) ?? []
  const { status, headers = {} } = response ?? {}
  const isAnswer = known === undefined && typeof status === 'number' && !isSuccess(status)
  return { code: known ?? code, response: isAnswer ? { status, headers } : undefined }
}

const isSuccess = (status: number) => status >= 200 && status < 300

/**
 * The resources of VTEX's License Manager that the app's calls need, by the policy of manifest.json that grants
 * each.
 */
export const RESOURCES = {
  'Sku.aspx': 'SKUs',
  ViewProduct: 'View Product',
  LogisticsViewer: 'Logistics viewer',
  'view-seller': 'View Seller',
} as const

export type Policy = keyof typeof RESOURCES

/** What a call that VTEX refuses with 403 needs, in words. */
export function needOf(policies: readonly Policy[]): string {
  const which = policies.length === 1 ? 'policy' : 'policies'
  const resources = policies.map((policy) => RESOURCES[policy]).join(', ')
  return `the app's manifest needs the ${which} ${policies.join(' and ')} (License Manager: ${resources})`
}
