import type { Account } from '../account'

/** An endpoint's response: JSON, or text if the body is a string. */
export interface ApiResponse {
  status: number
  body: unknown
}

/** The request to an endpoint. */
export interface ApiRequest {
  account: Account
  /** The percent-decoded groups of the path. */
  path: string[]
  query: URLSearchParams
  /** The body, if the endpoint takes one. */
  body: string
}

export const ok = (body: unknown): ApiResponse => ({ status: 200, body })
export const badRequest = (message: string): ApiResponse => ({ status: 400, body: message })
export const notFound = (message: string): ApiResponse => ({ status: 404, body: message })

/** Parses a positive integer in the query; `fallback` if absent, undefined if invalid. */
export function positive(
  query: URLSearchParams,
  name: string,
  fallback?: number
): number | undefined {
  const text = query.get(name)
  if (text === null) return fallback
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}
