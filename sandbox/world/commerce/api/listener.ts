import type { IncomingMessage, ServerResponse } from 'http'
import { decodePercent, readBody } from '../../../common/http'
import type { Account } from '../account'
import { skuByEan, skuById, skuIds, skuIdsByRefIds } from './catalog'
import { type Answer, badRequest, type Call, notFound } from './endpoint'
import { kits } from './kits'
import { inventory, warehouses } from './logistics'
import { BINDINGS, LOGISTICS, type Resource, type ResourcesOf, SELLERS, SKUS } from './resources'
import { bindings, offers, sellers } from './sellers'

/** The host under which an app inside VTEX IO reaches its account's APIs. */
export const COMMERCE_HOST = 'portal.vtexcommercestable.com.br'

const CATALOG = '/api/catalog_system/pvt/sku'
const PUBLIC_CATALOG = '/api/catalog_system/pub/sku'
const MAX_BODY = 1_000_000

interface Endpoint {
  method: string
  path: RegExp
  needs: readonly Resource[]
  answer: (call: Call) => Answer
}

function endpoint(
  method: string,
  path: string,
  needs: readonly Resource[],
  answer: Endpoint['answer']
): Endpoint {
  return { method, path: new RegExp(`^${path}$`), needs, answer }
}

// The busiest first.
const ENDPOINTS = [
  endpoint('GET', '/api/logistics/pvt/inventory/skus/([^/]+)', LOGISTICS, inventory),
  endpoint('GET', `${CATALOG}/stockkeepingunitbyid/([^/]+)`, SKUS, skuById),
  endpoint('GET', `${CATALOG}/stockkeepingunitids`, SKUS, skuIds),
  endpoint('GET', `${CATALOG}/stockkeepingunitbyean/([^/]+)`, SKUS, skuByEan),
  endpoint('POST', `${PUBLIC_CATALOG}/stockkeepingunitidsbyrefids`, SKUS, skuIdsByRefIds),
  endpoint('GET', '/api/catalog/pvt/stockkeepingunitkit', SKUS, kits),
  endpoint('GET', '/api/offer-manager/pvt/product/([^/]+)/sku/([^/]+)', SELLERS, offers),
  endpoint('GET', '/api/sku-binding/pvt/skuseller/paged/sellerid/([^/]+)', BINDINGS, bindings),
  endpoint('GET', '/api/logistics/pvt/configuration/warehouses', LOGISTICS, warehouses),
  endpoint('GET', '/api/seller-register/pvt/sellers', SELLERS, sellers),
]

/**
 * The account's APIs as an app inside VTEX IO sees them: `?an={account}` names
 * the account and `VtexIdclientAutCookie` carries a token: 401 without one that somebody has, 403 where it
 * lacks a resource that the endpoint needs.
 */
export function commerceListener(account: Account) {
  return (request: IncomingMessage, response: ServerResponse, resourcesOf: ResourcesOf) => {
    const url = new URL(request.url ?? '/', `http://${COMMERCE_HOST}`)
    const answer = (body: string) =>
      send(response, answerTo(account, request, resourcesOf, url, body))
    if (request.method === 'GET') return answer('')
    readBody(request, MAX_BODY)
      .then((body) => answer(body.toString('utf8')))
      .catch(() => send(response, { status: 413, body: 'the body is too large' }))
  }
}

function answerTo(
  account: Account,
  { method, headers }: IncomingMessage,
  resourcesOf: ResourcesOf,
  url: URL,
  body: string
): Answer {
  const resources = resourcesOf(String(headers.vtexidclientautcookie ?? ''))
  if (!resources) return { status: 401, body: 'Unauthorized' }
  if (url.searchParams.get('an') !== account.name) return badRequest('Account not found.')
  const matches = ENDPOINTS.flatMap((each) => {
    const path = each.path.exec(url.pathname)
    return path ? [{ ...each, path: path.slice(1).map(decodePercent) }] : []
  })
  const match = matches.find((each) => each.method === method)
  if (match?.needs.some((resource) => !resources.has(resource))) {
    return { status: 403, body: 'Access denied.' }
  }
  if (match) return match.answer({ account, path: match.path, query: url.searchParams, body })
  return matches.length > 0
    ? { status: 405, body: `${method} is not allowed here` }
    : notFound('No such endpoint.')
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const json = typeof body !== 'string'
  response.writeHead(status, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
  })
  response.end(json ? JSON.stringify(body) : body)
}
