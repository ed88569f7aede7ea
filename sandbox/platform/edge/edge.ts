import {
  Agent,
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from 'node:http'
import { sendJson } from '../../common/http'
import type { App } from '../app'
import type { Identity } from '../identity'
import type { ReplicaPool } from '../replicas/pool'
import { requestHeaders, withoutHopByHop } from './headers'
import { createRouteMatcher, type RouteMatch } from './routes'

/** Path of the control API on the edge's port. */
export const CONTROL_PREFIX = '/_sandbox'

interface EdgeOptions {
  app: App
  identity: Identity
  replicas: Pick<ReplicaPool, 'nextPort'>
  control: RequestListener
}

/**
 * VTEX's public edge: forwards the public routes of service.json to the workers (round robin, streaming) and returns
 * 404 for other paths. 503 if no worker is running, 502 if one breaks the connection, 504 after the app's `timeout`.
 * Requests are never retried.
 */
export function createEdge({ app, identity, replicas, control }: EdgeOptions): Server {
  const match = createRouteMatcher(app.publicRoutes)
  // Shorter than the worker's keep-alive.
  const agent = new Agent({ keepAlive: true, timeout: 60_000 })

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path === CONTROL_PREFIX || path.startsWith(`${CONTROL_PREFIX}/`)) {
      control(request, response)
      return
    }
    const route = match(path)
    if (route === undefined) {
      refuse(response, 404, 'NotFound', 'service.json declares no public route with this path')
      return
    }
    const port = replicas.nextPort()
    if (port === undefined) {
      response.setHeader('retry-after', '1')
      refuse(response, 503, 'NoReplica', 'no replica of the app listens')
      return
    }
    forward(request, response, port, route)
  })
  server.on('close', () => agent.destroy())
  return server

  function forward(
    request: IncomingMessage,
    response: ServerResponse,
    port: number,
    route: RouteMatch
  ): void {
    const outgoing = requestHttp({
      agent,
      host: '127.0.0.1',
      port,
      method: request.method,
      path: request.url,
      headers: requestHeaders(request, route, identity),
    })
    const timeout = setTimeout(() => {
      refuse(response, 504, 'Timeout', `the app did not respond within ${app.timeout} s`)
      outgoing.destroy()
    }, app.timeout * 1_000)
    outgoing.on('response', (reply) => {
      response.writeHead(reply.statusCode ?? 502, withoutHopByHop(reply.headers))
      reply.pipe(response)
      reply.on('error', () => response.destroy())
    })
    outgoing.on('error', () =>
      refuse(response, 502, 'BadGateway', 'a replica closed the connection')
    )
    response.on('close', () => {
      clearTimeout(timeout)
      outgoing.destroy()
    })
    request.on('error', () => outgoing.destroy())
    request.pipe(outgoing)
  }
}

/** Responds in place of a worker; a response that has started can only be aborted. */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.headersSent) {
    response.destroy()
  } else {
    sendJson(response, status, { code, message })
  }
}
