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
