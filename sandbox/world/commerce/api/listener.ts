import type { IncomingMessage, RequestListener, ServerResponse } from 'http'
import type { Account } from '../account'
import { type Answer, badRequest, type Call, notFound } from './answer'
import { skuByEan, skuById, skuIds, skuIdsByRefIds } from './catalog'
import { kits } from './kits'
import { inventory, warehouses } from './logistics'
import { bindings, offers, sellers } from './sellers'

/** The host under which an app inside VTEX IO reaches its account's APIs. */
export const COMMERCE_HOST = 'portal.vtexcommercestable.com.br'

const CATALOG = '/api/catalog_system/p(?:vt|ub)/sku'
const MAX_BODY = 1_000_000

interface Endpoint {
  method: string
  path: RegExp
  answer: (call: Call) => Answer
}

function endpoint(method: string, path: string, answer: Endpoint['answer']): Endpoint {
  return { method, path: new RegExp(`^${path}$`), answer }
}

// The busiest first.
const ENDPOINTS = [
  endpoint('GET', '/api/logistics/pvt/inventory/skus/([^/]+)', inventory),
  endpoint('GET', `${CATALOG}/stockkeepingunitbyid/([^/]+)`, skuById),
  endpoint('GET', `${CATALOG}/stockkeepingunitids`, skuIds),
  endpoint('GET', `${CATALOG}/stockkeepingunitbyean/([^/]+)`, skuByEan),
  endpoint('POST', `${CATALOG}/stockkeepingunitidsbyrefids`, skuIdsByRefIds),
  endpoint('GET', '/api/catalog/pvt/stockkeepingunitkit', kits),
  endpoint('GET', '/api/offer-manager/pvt/product/([^/]+)/sku/([^/]+)', offers),
  endpoint('GET', '/api/sku-binding/pvt/skuseller/paged/sellerid/([^/]+)', bindings),
  endpoint('GET', '/api/logistics/pvt/configuration/warehouses', warehouses),
  endpoint('GET', '/api/seller-register/pvt/sellers', sellers),
]

/**
 * The account's APIs as an app inside VTEX IO sees them: `?an={account}` names
 * the account and `VtexIdclientAutCookie` carries a credential (401 without).
 */
export function commerceListener(account: Account): RequestListener {
  return (request, response) => {
    const url = new URL(request.url ?? '/', `http://${COMMERCE_HOST}`)
    if (request.method === 'GET') return send(response, answerTo(account, request, url, ''))
    readBody(request)
      .then((body) => send(response, answerTo(account, request, url, body)))
      .catch(() => send(response, { status: 413, body: 'the body is too large' }))
  }
}

function answerTo(account: Account, request: IncomingMessage, url: URL, body: string): Answer {
  if (!request.headers.vtexidclientautcookie) return { status: 401, body: 'Unauthorized' }
  if (url.searchParams.get('an') !== account.name) return badRequest('Account not found.')
  const matches = ENDPOINTS.flatMap((each) => {
    const path = each.path.exec(url.pathname)
    return path ? [{ ...each, path: path.slice(1).map(decoded) }] : []
  })
  const match = matches.find(({ method }) => method === request.method)
  if (match) return match.answer({ account, path: match.path, query: url.searchParams, body })
  return matches.length > 0
    ? { status: 405, body: `${request.method} is not allowed here` }
    : notFound('No such endpoint.')
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const json = typeof body !== 'string'
  response.writeHead(status, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
  })
  response.end(json ? JSON.stringify(body) : body)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
