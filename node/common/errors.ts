import type { ErrorCode } from './errorCodes'

/** An error of this app: its message is written for people and carries nothing from outside. */
export abstract class AppError extends Error {
  abstract readonly code: ErrorCode
}

/** What reports and log lines say of an error. */
export interface ErrorSummary {
  code: ErrorCode
  message: string
}

/** Errors of the language itself, whose messages speak of code and not of data. */
const OF_THE_LANGUAGE = [TypeError, RangeError, ReferenceError]

/**
 * Code and message of something thrown. Of an error that is not ours only the kind is told: HTTP
 * clients put credentials and answers into theirs.
 */
export function describe(thrown: unknown): ErrorSummary {
  if (thrown instanceof AppError) return { code: thrown.code, message: thrown.message }
  const kind = thrown instanceof Error ? thrown.name : typeof thrown
  const detail =
    thrown instanceof Error && OF_THE_LANGUAGE.some((type) => thrown instanceof type)
      ? `: ${thrown.message}`
      : ''
  return { code: 'internal', message: `unexpected ${kind}${detail}` }
}
