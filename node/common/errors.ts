import type { ErrorCode } from './errorCodes'

/** An error of this app. Its message is for people and contains nothing from outside. */
export abstract class AppError extends Error {
  abstract readonly code: ErrorCode
}

/** What reports and log lines say of an error. */
export interface ErrorSummary {
  code: ErrorCode
  message: string
}

/** Errors whose messages contain code and no data. */
const LANGUAGE_ERRORS = [TypeError, RangeError, ReferenceError]

/** Code and message of an error. Of foreign errors only the name: HTTP clients put credentials into theirs. */
export function describe(thrown: unknown): ErrorSummary {
  if (thrown instanceof AppError) return { code: thrown.code, message: thrown.message }
  const kind = thrown instanceof Error ? thrown.name : typeof thrown
  const detail =
    thrown instanceof Error && LANGUAGE_ERRORS.some((type) => thrown instanceof type)
      ? `: ${thrown.message}`
      : ''
  return { code: 'internal', message: `unexpected ${kind}${detail}` }
}

/** The same as fields of a log line. */
export function errorFields(thrown: unknown): { code: ErrorCode; reason: string } {
  const { code, message } = describe(thrown)
  return { code, reason: message }
}
