import { createServer, type RequestListener, type Server } from 'node:http'
import { sendJson } from '../../common/http'
import type { App } from '../app'
import type { Identity } from '../identity'
import { isGraphQL, type NotSimulated } from '../not-simulated'
import type { Forwarder } from './forward'
import { publicHeaders } from './headers'
import { createRouteMatcher } from './routes'

/** Path of the control API on the edge's port. */
export const CONTROL_PREFIX = '/_sandbox'

interface EdgeOptions {
  app: App
  identity: Identity
  forwarder: Forwarder
  control: RequestListener
  notSimulated: NotSimulated
}

/**
 * VTEX's public edge: forwards the public routes of service.json to the workers, and returns 404 for other paths, 501
 * for those of the account's GraphQL.
 */
export function createEdge(options: EdgeOptions): Server {
  const { app, identity, forwarder, control, notSimulated } = options
  const match = createRouteMatcher(app.publicRoutes)

  const server = createServer((request, response) => {
    const url = request.url ?? '/'
    const path = url.split('?', 1)[0] ?? '/'
    if (path === CONTROL_PREFIX || path.startsWith(`${CONTROL_PREFIX}/`)) {
      control(request, response)
      return
    }
    const route = match(path)
    if (route !== undefined) {
      forwarder.forward(request, response, url, publicHeaders(request, route, identity))
    } else if (isGraphQL(path)) {
      notSimulated.refuse('GraphQL', request, response)
    } else {
      const message = 'service.json declares no public route with this path'
      sendJson(response, 404, { code: 'NotFound', message })
    }
  })
  server.on('close', () => forwarder.close())
  return server
}
