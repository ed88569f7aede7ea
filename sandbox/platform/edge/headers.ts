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
  // The edge has answered 100 Continue itself.
  'expect',
])

/** What only VTEX may say: a client that sends one of these is not heard. */
const PLATFORM_HEADER = /^(x-vtex-|x-colossus-|x-event-|x-forwarded-|x-request-id$|x-trace-id$)/

/** The headers of a public request as a worker gets it (VTEX IO: the edge's headers and the client's rest). */
export function requestHeaders(
  request: IncomingMessage,
  match: RouteMatch,
  identity: Identity
): OutgoingHttpHeaders {
  return {
    ...withoutHopByHop(request.headers, PLATFORM_HEADER),
    ...contextHeaders(identity),
    'x-colossus-route-id': match.routeId,
    'x-colossus-params': stringify(match.params),
    'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
    'x-forwarded-host': request.headers.host ?? 'localhost',
    'x-forwarded-path': request.url,
    'x-forwarded-proto': 'http',
    // A body of unknown length needs its framing said again; node adds it to some verbs only.
    ...(request.headers['transfer-encoding'] && { 'transfer-encoding': 'chunked' }),
  }
}

/** All headers but those of one connection, those that `Connection` names, and those that match `refused`. */
export function withoutHopByHop(
  headers: IncomingHttpHeaders,
  refused?: RegExp
): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !HOP_BY_HOP.has(name) && !named.includes(name) && refused?.test(name) !== true
    )
  )
}
