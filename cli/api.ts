import type { z } from 'zod'
import { error as errorAnswer } from '../node/exports/exportAnswers'

export const BASE_PATH = '/_v/intershop/stock'
const TIMEOUT_MS = 60_000

/** The app cannot be reached, or does not do what was asked. Messages never contain the token. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
    /** Whether the same request may succeed later. */
    readonly isTemporary: boolean
  ) {
    super(message)
  }
}

/** Where the app is, and what opens it. */
export interface Access {
  /** Origin, such as `https://mystore.myvtex.com`. */
  origin: string
  token: string
}

interface Call<T> {
  answer: z.ZodType<T>
  method?: 'GET' | 'POST'
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  /** Statuses other than 2xx whose body is an answer. */
  alsoAnswers?: readonly number[]
}

/** Calls the app's API below `/_v/intershop/stock`. */
export class Api {
  constructor(private readonly access: Access) {}

  /** Returns the parsed answer. @throws {ApiError} */
  async call<T>(path: string, call: Call<T>): Promise<T> {
    const url = new URL(`${BASE_PATH}${path}`, this.access.origin)
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const { response, text } = await this.fetch(url, call)
    if (!response.ok && !(call.alsoAnswers ?? []).includes(response.status)) {
      throw refusal(response.status, text, this.access.origin)
    }
    const parsed = call.answer.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    const { path: where = [], message } = parsed.error.issues[0] ?? {}
    throw new ApiError(
      `${path} responds with something else than this program expects (${where.join('.') || 'body'}: ${message}): ` +
        'do both have the same version?',
      'unexpected_answer',
      false
    )
  }

  private async fetch(url: URL, { method = 'GET', body }: Call<unknown>) {
    try {
      const response = await fetch(url, {
        method,
        headers: {
          token: this.access.token,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        // The token must not follow to another host.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return { response, text: await response.text() }
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { message?: string; code?: string } }
      // Of several addresses that fail there is a code alone.
      const reason = cause?.message || cause?.code || message
      throw new ApiError(`${this.access.origin} cannot be reached: ${reason}`, 'unreachable', true)
    }
  }
}

function refusal(status: number, text: string, origin: string): ApiError {
  const { code, message } = errorAnswer.safeParse(parseJson(text)).data ?? {}
  const isTemporary = status >= 500 || status === 429
  if (code !== undefined) return new ApiError(`${message} (${code}, ${status})`, code, isTemporary)
  if (status === 401) {
    return new ApiError(`${origin} does not accept the token (401)`, 'unauthorized', false)
  }
  const hint = status < 400 ? `${origin} redirects elsewhere` : `${origin} responds ${status}`
  const advice = isTemporary ? 'try again' : 'is the app installed there, and the URL right?'
  return new ApiError(`${hint}: ${advice}`, 'unexpected_status', isTemporary)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
