import type { z } from 'zod'
import type * as exportAnswers from '../node/exports/exportAnswers'
import type * as answers from '../node/status/answers'
import { token } from './session'

export type Status = z.infer<typeof answers.statusAnswer>
export type OpenExport = Status['queue']['exports'][number]
export type SkuAnswer = z.infer<typeof answers.skuAnswer>
export type HeldPage = z.infer<typeof answers.heldPage>
export type HeldSelection = z.input<typeof answers.heldSelection>
export type ExportSummary = z.infer<typeof exportAnswers.exportSummary>
export type ExportReport = z.infer<typeof exportAnswers.exportReport>
export type ExportList = z.infer<typeof exportAnswers.exportList>
export type FailurePage = z.infer<typeof exportAnswers.failurePage>
export type ExportHeldPage = z.infer<typeof exportAnswers.exportHeldPage>
export type Schedule = ExportList['schedules']['update']

/** Called when the app does not accept the token. */
export const onUnauthorized: { call: (error: ApiError) => void } = { call: () => undefined }

const BASE = '/_v/intershop/stock'
const TIMEOUT_MS = 60_000

/** A response of 400 and above; status 0: no response. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Seconds. */
    readonly retryAfter = 0
  ) {
    super(message)
  }
}

export interface Asked {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: object
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
  /** A status of 400 and above whose body is wanted all the same. */
  also?: number
}

async function request(path: string, asked: Asked): Promise<Response> {
  const { method = 'GET', body, headers, signal } = asked
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const given = token.get() ?? ''
  const response = await fetch(`${BASE}${path}`, {
    method,
    cache: 'no-store',
    credentials: 'same-origin',
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    headers: {
      token: given,
      accept: 'application/json, */*;q=0.5',
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((thrown: unknown) => {
    if (signal?.aborted) throw thrown
    throw new ApiError(0, 'network', String(thrown))
  })
  if (response.ok || response.status === asked.also) return response
  const error = await errorOf(response)
  if (error.status === 401) onUnauthorized.call(error)
  throw error
}

async function errorOf(response: Response): Promise<ApiError> {
  const { code, message } = await response.json().then(
    (body: { code?: unknown; message?: unknown } | null) => body ?? {},
    () => ({ code: undefined, message: undefined })
  )
  const retryAfter = Number(response.headers.get('retry-after') ?? 0) || 0
  return new ApiError(response.status, String(code ?? ''), String(message ?? ''), retryAfter)
}

/** The JSON of a response. @throws {ApiError} */
export const ask = async <T>(path: string, asked: Asked = {}): Promise<T> =>
  (await request(path, asked)).json()

/** Starts an export; returns its id. */
export async function startExport(path: string): Promise<string> {
  const headers = { 'x-intershop-trigger': 'console' }
  const response = await request(path, { method: 'POST', headers })
  return response.headers.get('x-export-id') ?? ''
}

export const cancelExport = (exportId: string) =>
  request(`/exports/${encodeURIComponent(exportId)}`, { method: 'DELETE' })

/** Query parameters without the empty ones. */
export function query(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).filter(
    ([, value]) => value !== undefined && value !== ''
  )
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text && `?${text}`
}

/** Saves all pages of a CSV as one file. The token goes as a header, so no link can do it. */
export async function saveCsv(path: string, name: string): Promise<void> {
  const parts: string[] = []
  for (let next: string | undefined = `${path}?format=csv`; next; ) {
    const response: Response = await request(next, {})
    const text = await response.text()
    // Each page has the heading.
    parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\n') + 1))
    next = nextPage(response.headers.get('link'))
  }
  const address = URL.createObjectURL(new Blob(parts, { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

function nextPage(link: string | null): string | undefined {
  const address = /<([^>]+)>;\s*rel="?next"?/.exec(link ?? '')?.[1]
  if (address === undefined) return undefined
  const { pathname, search } = new URL(address, location.href)
  return `${pathname}${search}`.replace(BASE, '')
}
