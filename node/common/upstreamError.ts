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

const KINDS: Record<number, UpstreamErrorKind> = {
  ...{ 400: 'refused', 404: 'missing', 429: 'overloaded' },
}

/** A redirect could send the credentials elsewhere. */
const REDIRECTS = [301, 302, 303, 307, 308]

/** What a status that needs manual action means. */
function hintOf(status: number, needs: readonly Policy[]): string | undefined {
  if (REDIRECTS.includes(status)) return 'the upstream redirects, which is not followed'
  if (status === 401) return 'the credentials were not accepted'
  if (status !== 403) return undefined
  if (needs.length === 0) return "the app's role or policy does not allow this"
  return `the app's manifest needs ${needOf(needs)}`
}

/** Converts an error of an HTTP client: none may pass, since @vtex/api prints axios errors with their credentials. */
export function toUpstreamError(
  upstream: string,
  thrown: unknown,
  needs: readonly Policy[] = []
): UpstreamError {
  if (thrown instanceof UpstreamError) return thrown
  const { code, response } = failedCall(thrown)
  if (response !== undefined) return statusError(upstream, response, needs)
  const isWord = typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code)
  const reason = code === BROKE_OFF ? 'the answer broke off' : isWord ? code : 'no answer'
  return new UpstreamError(upstream, 'down', reason)
}

/** The error for a complete response with an unexpected status. */
export function statusError(
  upstream: string,
  { status, headers }: Pick<HttpAnswer, 'status' | 'headers'>,
  needs: readonly Policy[] = []
): UpstreamError {
  const hint = hintOf(status, needs)
  const detail = `status ${status}${hint ? `, ${hint}` : ''}`
  const kind = KINDS[status] ?? (hint ? 'refused' : 'down')
  return new UpstreamError(upstream, kind, detail, status, retryAfter(headers))
}

const seconds = (value: unknown): number | undefined =>
  /^\s*\d+(\.\d+)?\s*$/.test(String(value)) ? Number(value) * 1000 : undefined

/** Milliseconds to wait. VTEX was seen to send seconds in any of the three, a date in `Retry-After`, or nothing. */
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

/** 0.30 says `response stream aborted`, 1.x `stream has been aborted`, node `aborted`. */
const CODES_BY_WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^maxContentLength size of \d+ exceeded$/, TOO_LARGE],
  [/^(response stream |stream has been )?aborted$/, BROKE_OFF],
]

/**
 * The safe parts of an error of axios 0.30 (@vtex/api 6) or 1.x (the platform's @vtex/api 7); `response` is a complete
 * one. Their codes differ, and ERR_BAD_RESPONSE has several causes, so the message decides. From 1.16 on, an incomplete
 * response is thrown with its status of success.
 */
export function failedCall(thrown: unknown) {
  const { code, message, response } = (thrown ?? {}) as {
    code?: unknown
    message?: unknown
    response?: { status?: unknown; headers?: Record<string, unknown> }
  }
  const [, known] = CODES_BY_WORDS.find(([words]) => words.test(String(message))) ?? []
  const { status, headers = {} } = response ?? {}
  const isWhole = known === undefined && typeof status === 'number'
  const isFailure = isWhole && (status < 200 || status >= 300)
  return { code: known ?? code, response: isFailure ? { status, headers } : undefined }
}

/** Resources of VTEX's License Manager, by the policy in manifest.json that grants each. */
export const RESOURCES = {
  'Sku.aspx': 'SKUs',
  ViewProduct: 'View Product',
  LogisticsViewer: 'Logistics viewer',
  'view-seller': 'View Seller',
} as const

export type Policy = keyof typeof RESOURCES

/** What a 403 lacks, in words. */
export function needOf(policies: readonly Policy[]): string {
  const named = policies.map((policy) => `${policy} (License Manager: ${RESOURCES[policy]})`)
  return `the ${policies.length === 1 ? 'policy' : 'policies'} ${named.join(' and ')}`
}
