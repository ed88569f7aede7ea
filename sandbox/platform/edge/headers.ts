import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { stringify } from 'node:querystring'
import { contextHeaders, type Identity } from '../identity'
import type { RouteMatch } from './routes'

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // The edge itself sends 100 Continue.
  'expect',
])

/** Headers that only VTEX sets; those of a client are dropped. */
const PLATFORM_HEADER = /^(x-vtex-|x-colossus-|x-event-|x-forwarded-|x-request-id$|x-trace-id$)/

/** The headers of a request for a public route (VTEX IO: the edge's and the client's other ones). */
export function publicHeaders(
  request: IncomingMessage,
  match: RouteMatch,
  identity: Identity
): OutgoingHttpHeaders {
  return {
    ...privateHeaders(request, identity),
    'x-colossus-route-id': match.routeId,
    'x-colossus-params': stringify(match.params),
  }
}

/** The headers of a request for a private route: the runtime finds it by its path. */
export function privateHeaders(request: IncomingMessage, identity: Identity): OutgoingHttpHeaders {
  return {
    ...withoutHopByHop(request.headers, PLATFORM_HEADER),
    ...contextHeaders(identity),
    'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
    'x-forwarded-host': request.headers.host ?? 'localhost',
    'x-forwarded-path': request.url,
    'x-forwarded-proto': 'http',
    // Node does not add transfer-encoding to all methods.
    ...(request.headers['transfer-encoding'] && { 'transfer-encoding': 'chunked' }),
  }
}

/** Removes hop-by-hop headers, those named by `Connection`, and those that match `dropped`. */
export function withoutHopByHop(
  headers: IncomingHttpHeaders,
  dropped?: RegExp
): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !HOP_BY_HOP.has(name) && !named.includes(name) && dropped?.test(name) !== true
    )
  )
}
