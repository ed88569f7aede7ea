/**
 * Headers of a 429 that say when to retry, as seen from VTEX: `retry-after` (seconds), `retry-after-date` (the same
 * header with a date), `ratelimit-reset`, `x-ratelimit-reset` (seconds), or `none`.
 */
export const RETRY_HEADER_FORMS = [
  'retry-after',
  'retry-after-date',
  'ratelimit-reset',
  'x-ratelimit-reset',
  'none',
] as const

export type RetryHeaderForm = (typeof RETRY_HEADER_FORMS)[number]

/** Headers of a 429 response. */
export type RetryHeaders = Readonly<Record<string, string>>

/** The headers for a retry after `wait` ms, rounded up to whole seconds. `now` is in epoch milliseconds. */
export function retryHeaders(form: RetryHeaderForm, wait: number, now: number): RetryHeaders {
  if (form === 'none') return {}
  if (form === 'retry-after-date') {
    const moment = Math.ceil((now + wait) / 1_000) * 1_000
    return { 'retry-after': new Date(moment).toUTCString() }
  }
  return { [form]: String(Math.max(1, Math.ceil(wait / 1_000))) }
}
