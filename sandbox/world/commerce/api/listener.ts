import type { IncomingMessage, ServerResponse } from 'http'
import { decodePercent, readBody } from '../../../common/http'
import type { Account } from '../account'
import { skuByEan, skuById, skuIds, skuIdsByRefIds } from './catalog'
import { type ApiRequest, type ApiResponse, badRequest, notFound } from './endpoint'
import { kits } from './kits'
import { inventory, warehouses } from './logistics'
import { BINDINGS, LOGISTICS, type Resource, type ResourcesOf, SELLERS, SKUS } from './resources'
import { bindings, offers, productOffers, sellers } from './sellers'

/** The host of the account's APIs inside VTEX IO. */
export const COMMERCE_HOST = 'portal.vtexcommercestable.com.br'

const CATALOG = '/api/catalog_system/pvt/sku'
const PUBLIC_CATALOG = '/api/catalog_system/pub/sku'
const MAX_BODY = 1_000_000

interface Endpoint {
  method: string
  path: RegExp
  needs: readonly Resource[]
  handle: (request: ApiRequest) => ApiResponse
}

function endpoint(
  method: string,
  path: string,
  needs: readonly Resource[],
  handle: Endpoint['handle']
): Endpoint {
  return { method, path: new RegExp(`^${path}$`), needs, handle }
}

// The most requested first.
const ENDPOINTS = [
  endpoint('GET', '/api/logistics/pvt/inventory/skus/([^/]+)', LOGISTICS, inventory),
  endpoint('GET', `${CATALOG}/stockkeepingunitbyid/([^/]+)`, SKUS, skuById),
  endpoint('GET', `${CATALOG}/stockkeepingunitids`, SKUS, skuIds),
  endpoint('GET', `${CATALOG}/stockkeepingunitbyean/([^/]+)`, SKUS, skuByEan),
  endpoint('POST', `${PUBLIC_CATALOG}/stockkeepingunitidsbyrefids`, SKUS, skuIdsByRefIds),
  endpoint('GET', '/api/catalog/pvt/stockkeepingunitkit', SKUS, kits),
  endpoint('GET', '/api/offer-manager/pvt/product/([^/]+)/sku/([^/]+)', SELLERS, offers),
  endpoint('GET', '/api/offer-manager/pvt/product/([^/]+)', SELLERS, productOffers),
  endpoint('GET', '/api/sku-binding/pvt/skuseller/paged/sellerid/([^/]+)', BINDINGS, bindings),
  endpoint('GET', '/api/logistics/pvt/configuration/warehouses', LOGISTICS, warehouses),
  endpoint('GET', '/api/seller-register/pvt/sellers', SELLERS, sellers),
]

/**
 * The account's APIs for an app inside VTEX IO, with `?an={account}` and a token in `VtexIdclientAutCookie`: 401 for an
 * unknown token, 403 if it lacks a resource of the endpoint.
 */
export function commerceListener(account: Account) {
  return (request: IncomingMessage, response: ServerResponse, resourcesOf: ResourcesOf) => {
    const url = new URL(request.url ?? '/', `http://${COMMERCE_HOST}`)
    const respond = (body: string) =>
      send(response, respondTo(account, request, resourcesOf, url, body))
    if (request.method === 'GET') return respond('')
    readBody(request, MAX_BODY)
      .then((body) => respond(body.toString('utf8')))
      .catch(() => send(response, { status: 413, body: 'the body is too large' }))
  }
}

function respondTo(
  account: Account,
  { method, headers }: IncomingMessage,
  resourcesOf: ResourcesOf,
  url: URL,
  body: string
): ApiResponse {
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
  if (match) return match.handle({ account, path: match.path, query: url.searchParams, body })
  return matches.length > 0
    ? { status: 405, body: `${method} is not allowed here` }
    : notFound('No such endpoint.')
}

function send(response: ServerResponse, { status, body }: ApiResponse): void {
  const json = typeof body !== 'string'
  response.writeHead(status, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
  })
  response.end(json ? JSON.stringify(body) : body)
}
