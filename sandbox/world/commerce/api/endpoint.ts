import type { Account } from '../account'

/** What an endpoint answers: JSON, or text when the body is a string. */
export interface Answer {
  status: number
  body: unknown
}

/** A request as an endpoint sees it. */
export interface Call {
  account: Account
  /** The percent-decoded groups of the endpoint's path. */
  path: string[]
  query: URLSearchParams
  /** The body, for endpoints that take one. */
  body: string
}

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const badRequest = (message: string): Answer => ({ status: 400, body: message })
export const notFound = (message: string): Answer => ({ status: 404, body: message })

/** A positive integer of the query; `fallback`, if any, when absent; undefined when it is something else. */
export function positive(
  query: URLSearchParams,
  name: string,
  fallback?: number
): number | undefined {
  const text = query.get(name)
  if (text === null) return fallback
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}
