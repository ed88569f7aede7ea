import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'http'
import { pipeline, Readable } from 'stream'
import type { Company } from '../company'
import { list } from '../listing'
import { type Content, jsonOf, xmlOf } from './body'
import { errorContent } from './error-content'
import { linksAround } from './links'
import { productOf } from './product'
import { asksForXml, BadParameter, readQuery } from './query'

/** The host of the company's Centra. */
export const CENTRA_HOST = 'sandbox.centra.com'
/** Its only path, with or without a trailing slash. */
export const CENTRA_PATH = '/api/order-api/stock'

interface ApiResponse {
  status: number
  content: Content
}

/** The company's Order API: `GET` of its stock, with `token`. */
export function centraListener(company: Company, token: string): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', `https://${CENTRA_HOST}`)
    if (pathname.replace(/\/$/, '') !== CENTRA_PATH) return notFound(response, company)
    const { status, content } = respondTo(
      company,
      token,
      request.method,
      request.headers,
      searchParams
    )
    const { format } = company.behaviour
    const inXml = format === 'asked' ? asksForXml(searchParams) : format === 'xml'
    response.writeHead(status, {
      'content-type': inXml ? 'application/xml; charset=utf-8' : 'application/json',
    })
    // Ignores clients that disconnect before the end.
    pipeline(Readable.from(inXml ? xmlOf(content) : jsonOf(content)), response, () => {})
  }
}

function respondTo(
  company: Company,
  token: string,
  method: string | undefined,
  headers: IncomingHttpHeaders,
  query: URLSearchParams
): ApiResponse {
  const { behaviour } = company
  if (!isAuthorized(headers, token, behaviour.auth)) {
    return { status: 401, content: { status: 'no', msg: 'Unauthorized' } }
  }
  if (method !== 'GET') {
    return { status: 405, content: { status: 'no', msg: 'Method not allowed' } }
  }
  company.calls.count(query)
  if (behaviour.switchedOff) return { status: 403, content: { status: 'Not Allowed' } }
  return { status: 200, content: contentFor(company, query) }
}

function contentFor(company: Company, query: URLSearchParams): Content {
  const { behaviour } = company
  if (behaviour.fails) return errorContent({ message: 'Something went wrong' }, behaviour.message)
  try {
    return stock(company, query)
  } catch (error) {
    if (!(error instanceof BadParameter)) throw error
    return errorContent(error, behaviour.message)
  }
}

function stock(company: Company, query: URLSearchParams): Content {
  const { behaviour } = company
  const { filter, page: requested, ...shown } = readQuery(query)
  if (behaviour.noProducts) return { status: 'ok' }
  const page = behaviour.limit === 'ignored' ? undefined : requested
  const { rows, more } = list(company, filter, page)
  function* products() {
    for (const row of rows) yield productOf(row, shown, behaviour)
  }
  return {
    status: 'ok',
    products: products(),
    ...(page && linksAround(page, more, query, behaviour)),
  }
}

function isAuthorized(headers: IncomingHttpHeaders, token: string, auth: string): boolean {
  const own = auth !== 'bearer' && headers['api-authorization'] === token
  return own || (auth !== 'api-authorization' && headers.authorization === `Bearer ${token}`)
}

function notFound(response: ServerResponse, { behaviour }: Company): void {
  const inJson = behaviour.notFound === 'json'
  response.writeHead(404, { 'content-type': inJson ? 'application/json' : 'text/html' })
  response.end(
    inJson
      ? JSON.stringify({ status: 'no', msg: 'Not found' })
      : '<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>'
  )
}
