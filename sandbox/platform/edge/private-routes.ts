import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson } from '../../common/http'
import type { App } from '../app'
import type { Identity } from '../identity'
import { isGraphQL, type NotSimulated } from '../not-simulated'
import type { Forwarder } from './forward'
import { privateHeaders } from './headers'
import { createRouteMatcher } from './routes'

/** Responds to a request for `path`, which may have a query, as another app's request. */
export type CallPrivateRoute = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string
) => void

interface PrivateRouteOptions {
  app: App
  identity: Identity
  forwarder: Forwarder
  notSimulated: NotSimulated
}

/**
 * The private routes of service.json (`public` is not true), which VTEX IO serves to apps alone: a worker gets them below
 * `/{account}/{workspace}`. 404 for other paths, 501 for the app's GraphQL.
 */
export function createPrivateRoutes(options: PrivateRouteOptions): CallPrivateRoute {
  const { app, identity, forwarder, notSimulated } = options
  const match = createRouteMatcher(app.privateRoutes)
  const prefix = `/${identity.account}/${identity.workspace}`

  return (request, response, path) => {
    const pathname = path.split('?', 1)[0] ?? path
    if (isGraphQL(pathname)) {
      notSimulated.refuse('GraphQL', request, response)
    } else if (match(pathname) === undefined) {
      const known = Object.values(app.privateRoutes).join(', ') || 'none'
      const message = `service.json declares no private route ${pathname}; its private routes: ${known}`
      sendJson(response, 404, { code: 'NotFound', message })
    } else {
      forwarder.forward(request, response, `${prefix}${path}`, privateHeaders(request, identity))
    }
  }
}
