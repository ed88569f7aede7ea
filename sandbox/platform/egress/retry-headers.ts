/**
 * The ways in which VTEX was seen to say when to come back: `retry-after` (seconds), `retry-after-date` (the
 * same header with a date), `ratelimit-reset` and `x-ratelimit-reset` (seconds), or `none`.
 */
export const RETRY_HEADER_FORMS = [
  'retry-after',
  'retry-after-date',
  'ratelimit-reset',
  'x-ratelimit-reset',
  'none',
] as const

export type RetryHeaderForm = (typeof RETRY_HEADER_FORMS)[number]

/** The headers of an answer 429. */
export type RetryHeaders = Readonly<Record<string, string>>

/**
 * Says in `form` that a call is welcome again after `wait` ms. Whole seconds, as headers have no others, and
 * never a moment too early. `now` is in epoch milliseconds.
 */
export function retryHeaders(form: RetryHeaderForm, wait: number, now: number): RetryHeaders {
  if (form === 'none') return {}
  if (form === 'retry-after-date') {
    const moment = Math.ceil((now + wait) / 1_000) * 1_000
    return { 'retry-after': new Date(moment).toUTCString() }
  }
  return { [form]: String(Math.max(1, Math.ceil(wait / 1_000))) }
}
