import type { z } from 'zod'
import { AppError, type ErrorCode } from './errors'

/** Why a call to an upstream failed. */
export type UpstreamErrorKind =
  | 'refused' // 400, 401, 403 or a redirect; retrying does not help, it needs manual action
  | 'missing' // 404
  | 'overloaded' // 429
  | 'down' // no response, 5xx, or an undocumented status; worth a retry
  | 'circuitOpen' // it failed repeatedly and is not called for a while (circuit breaker)
  | 'malformed' // the response differs from the API's documentation

/** A failed call to an upstream. It has no header, body or query of the call, so it can be logged and shown. */
export class UpstreamError extends AppError {
  readonly code: ErrorCode

  constructor(
    /** Name for messages: "VTEX logistics". */
    readonly upstream: string,
    readonly kind: UpstreamErrorKind,
    /** What happened, for messages. */
    readonly detail: string,
    /** HTTP status, if there was a response. */
    readonly status?: number,
    /** Milliseconds to wait before the next call, if the upstream said so. */
    readonly retryAfterMs?: number
  ) {
    super(`${upstream}: ${detail}`)
    this.code = codeOf(kind)
  }
}

/** The error code of a kind. */
export const codeOf = (kind: UpstreamErrorKind): ErrorCode =>
  kind === 'circuitOpen' ? 'circuit_open' : `upstream_${kind}`

/** What `shape` makes of a response. @throws {UpstreamError} `malformed` */
export function parsed<T>(upstream: string, shape: z.ZodType<T>, answer: unknown): T {
  const { success, data, error } = shape.safeParse(answer)
  if (success) return data
  const [issue] = error.issues
  const where = issue?.path.join('.') || 'the answer'
  throw new UpstreamError(upstream, 'malformed', `${where}: ${issue?.message ?? 'unreadable'}`)
}

/** True for a failed call of one of these kinds. */
export const isOfKind = (
  thrown: unknown,
  ...kinds: readonly UpstreamErrorKind[]
): thrown is UpstreamError => thrown instanceof UpstreamError && kinds.includes(thrown.kind)

/** True if a retry may succeed. */
export const isTemporary = (thrown: unknown) => isOfKind(thrown, 'down', 'overloaded')

/** The result of a call, or undefined after a 404. @throws {UpstreamError} */
export const unlessMissing = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((thrown: unknown) => {
    if (isOfKind(thrown, 'missing')) return undefined
    throw thrown
  })

const REDIRECTS = 'the upstream redirects, which is not followed'

/** Hints for statuses that need manual action. A redirect could send the credentials elsewhere. */
const HINTS: Record<number, string> = {
  301: REDIRECTS,
  302: REDIRECTS,
  303: REDIRECTS,
  307: REDIRECTS,
  308: REDIRECTS,
  401: 'the credentials were not accepted',
  403: "the app's role or policy does not allow this",
}

const kindOf = (status: number): UpstreamErrorKind => {
  if (status === 404) return 'missing'
  if (status === 429) return 'overloaded'
  return status === 400 || status in HINTS ? 'refused' : 'down'
}

/**
 * Converts an error of an HTTP client into an {@link UpstreamError}. @vtex/api prints uncaught axios errors with
 * their credentials, so none may pass.
 * @param needs policies that VTEX must grant the app for this call
 */
export function toUpstreamError(
  upstream: string,
  thrown: unknown,
  needs: readonly Policy[] = []
): UpstreamError {
  if (thrown instanceof UpstreamError) return thrown
  const { code, response } = failedCall(thrown)
  if (response === undefined) return new UpstreamError(upstream, 'down', reasonOf(code))
  return statusError(upstream, response, needs)
}

/** The error for a complete response with an unexpected status. */
export function statusError(
  upstream: string,
  { status, headers }: Pick<HttpAnswer, 'status' | 'headers'>,
  needs: readonly Policy[] = []
): UpstreamError {
  const hint = status === 403 && needs.length > 0 ? needOf(needs) : HINTS[status]
  return new UpstreamError(
    upstream,
    kindOf(status),
    `status ${status}${hint ? `, ${hint}` : ''}`,
    status,
    retryAfter(headers)
  )
}

const reasonOf = (code: unknown) => {
  if (code === BROKE_OFF) return 'the answer broke off'
  return typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? code : 'no answer'
}

const seconds = (value: unknown): number | undefined =>
  /^\s*\d+(\.\d+)?\s*$/.test(String(value)) ? Number(value) * 1000 : undefined

/**
 * Milliseconds to wait, from the headers. VTEX was seen to send `Retry-After` (seconds or a date), `ratelimit-reset` or
 * `x-ratelimit-reset` (seconds), or nothing.
 */
function retryAfter(headers: Record<string, unknown>): number | undefined {
  const asked = headers['retry-after']
  const date = typeof asked === 'string' ? Date.parse(asked) : Number.NaN
  return (
    seconds(asked) ??
    (Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())) ??
    seconds(headers['ratelimit-reset']) ??
    seconds(headers['x-ratelimit-reset'])
  )
}

/** The response ended too early. */
const BROKE_OFF = 'ERR_BROKE_OFF'
/** The response is larger than `maxContentLength`. */
export const TOO_LARGE = 'ERR_TOO_LARGE'

/** A complete response. */
export interface HttpAnswer {
  status: number
  headers: Record<string, unknown>
  body: string
}

/** The JSON of a body; undefined if it is none. */
export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The safe parts of a failed call. */
export interface FailedCall {
  code?: unknown
  /** Undefined without a complete response. */
  response?: Pick<HttpAnswer, 'status' | 'headers'> | undefined
}

/** 0.30 says `response stream aborted`, 1.x `stream has been aborted`, node `aborted`. */
const CODES_BY_WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^maxContentLength size of \d+ exceeded$/, TOO_LARGE],
  [/^(response stream |stream has been )?aborted$/, BROKE_OFF],
]

/**
 * Reads an error of axios 0.30 (@vtex/api 6) or 1.x (the platform's @vtex/api 7). Their codes differ, and
 * ERR_BAD_RESPONSE has several causes, so the message decides. From 1.16 on, an incomplete response is thrown with its
 * status of success. Nothing else of the error may leave clients/.
 */
export function failedCall(thrown: unknown): FailedCall {
  const { code, message, response } = (thrown ?? {}) as {
    code?: unknown
    message?: unknown
    response?: { status?: unknown; headers?: Record<string, unknown> }
  }
  const [, known] = CODES_BY_WORDS.find(([words]) => words.test(String(message))) ?? []
  const { status, headers = {} } = response ?? {}
  const isAnswer = known === undefined && typeof status === 'number' && !isSuccess(status)
  return { code: known ?? code, response: isAnswer ? { status, headers } : undefined }
}

const isSuccess = (status: number) => status >= 200 && status < 300

/** Resources of VTEX's License Manager, by the policy in manifest.json that grants each. */
export const RESOURCES = {
  'Sku.aspx': 'SKUs',
  ViewProduct: 'View Product',
  LogisticsViewer: 'Logistics viewer',
  'view-seller': 'View Seller',
} as const

export type Policy = keyof typeof RESOURCES

/** What to add to the manifest after a 403. */
export function needOf(policies: readonly Policy[]): string {
  const which = policies.length === 1 ? 'policy' : 'policies'
  const resources = policies.map((policy) => RESOURCES[policy]).join(', ')
  return `the app's manifest needs the ${which} ${policies.join(' and ')} (License Manager: ${resources})`
}
