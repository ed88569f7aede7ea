import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { sendJson } from '../../common/http'
import type { Faults } from '../faults/faults'
import { inject } from '../faults/inject'
import type { FaultRule } from '../faults/rule'
import type { Identity } from '../identity'
import type { NotSimulated } from '../not-simulated'
import type { RequestCounters } from './counters'
import { featureOfVtex, featureOfVtexIo, isMasterData } from './features'
import type { Limits } from './limits'
import type { Policies, PoliciesOf } from './policies'
import type { RetryHeaders } from './retry-headers'
import { INFRA_HOST, isOfVtex, isOfVtexIo, JANUS_HOST, parseTarget, type Target } from './target'

interface EgressOptions {
  policies: Policies
  identity: Identity
  faults: Faults
  limits: Limits
  requests: RequestCounters
  /** VTEX IO's own services, by the first segment of their path. */
  infra: Readonly<Record<string, InfraService>>
  /** VTEX IO's services on public hosts; their paths are not passed to `upstreams`. */
  hosted: readonly HostedService[]
  /** Public hosts by hostname. */
  upstreams: Readonly<Record<string, Upstream>>
  /** Milliseconds added to each request to `upstreams`. */
  latency: number
  notSimulated: NotSimulated
}

/** Handles requests to a public host. `request.url` is in origin form; `policiesOf` returns a token's policies. */
export type Upstream = (
  request: IncomingMessage,
  response: ServerResponse,
  policiesOf: PoliciesOf
) => void

/** A service of VTEX IO and the policy that it requires. */
export interface InfraService {
  handle: RequestListener
  policy?: string
}

/** A service of VTEX IO on a public host, which needs `outbound-access`. */
export interface HostedService {
  /** Its name in fault rules and counts. */
  name: string
  host: string
  /** Prefix of its paths. */
  path: string
  handle: Upstream
}

interface Destination {
  name: string
  handle: Upstream
  latency: number
}

class Rejection {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly message: string
  ) {}
}

/**
 * The HTTP proxy for all requests of an app (VTEX IO: absolute-form requests over plain http). 401 without the app's
 * credential, 403 without a policy or for an unknown host, 501 for VTEX's APIs and other apps that are not simulated; then
 * rate limits (429), faults, and the service or upstream.
 * `Proxy-Authorization` is not passed on. Plain node http, since it handles thousands of requests per second.
 */
export function createEgress(options: EgressOptions): Server {
  const { policies, identity, faults, limits, requests, infra, hosted, upstreams, latency } =
    options
  const notSimulated = (feature: string, called: string) =>
    new Rejection(501, 'NotSimulated', options.notSimulated.note(feature, called))
  const policiesOf: PoliciesOf = (token) => (token === identity.credential ? policies : undefined)
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const target = parseTarget(request.url ?? '')
    if (target === undefined) {
      sendJson(response, 400, { code: 'NotAProxyRequest', message: 'expected http://host/path' })
      return
    }
    const destination = admit(request, target)
    requests.follow(destination instanceof Rejection ? target.host : destination.name, response)
    if (destination instanceof Rejection) {
      const { status, code, message } = destination
      request.resume()
      sendJson(response, status, { code, message })
      return
    }
    request.url = target.path
    delete request.headers['proxy-authorization']
    const { name, latency: added } = destination
    const call = { upstream: name, method: request.method ?? 'GET', path: target.path }
    const { delay, fault } = faults.draw(call)
    after(delay + added, response, () => {
      const refusal = limits.admit(call)
      const handle = () => destination.handle(request, response, policiesOf)
      if (refusal === undefined) perform(handle, fault, request, response)
      else refuse(refusal, request, response)
    })
  })
  // A tunnel hides path and credential. VTEX documents none: CONNECT is rejected with a reason.
  server.on('connect', (request, socket) => {
    const host = (request.url ?? '').toLowerCase()
    const { status, code, message } = rejectTunnel(host.replace(/:\d*$/, ''), host)
    const body = JSON.stringify({ code, message })
    const length = Buffer.byteLength(body)
    socket.on('error', () => undefined)
    socket.end(
      `HTTP/1.1 ${status} ${code}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`
    )
  })
  return server

  function rejectTunnel(hostname: string, host: string): Rejection {
    const isInside = hostname === INFRA_HOST || isOfVtexIo(hostname)
    if (!isInside && !policies.allowsHost(hostname)) {
      return new Rejection(403, 'Forbidden', `no outbound-access policy covers ${host}`)
    }
    return new Rejection(
      501,
      'NoTunnel',
      `the manifest allows ${host}, but the app must not open TLS itself: request http://${hostname} ` +
        'through the egress with X-Vtex-Use-Https: true'
    )
  }

  function admit(request: IncomingMessage, { host, path }: Target): Destination | Rejection {
    const pathname = path.split('?', 1)[0] ?? path
    const called = `${request.method} ${host}${pathname}`
    if (!carriesCredential(request, identity.credential)) {
      return new Rejection(401, 'Unauthorized', `${host}: the app's credential is missing or wrong`)
    }
    if (host === INFRA_HOST) {
      return admitInfra(pathname, called)
    }
    const hostname = host.split(':', 1)[0] ?? host
    if (isOfVtexIo(hostname)) {
      return notSimulated(featureOfVtexIo(hostname, pathname), called)
    }
    return admitPublic(host, hostname, pathname, called)
  }

  function admitPublic(
    host: string,
    hostname: string,
    pathname: string,
    called: string
  ): Destination | Rejection {
    if (!policies.allowsOutbound(hostname, pathname)) {
      return new Rejection(403, 'Forbidden', `no outbound-access policy covers ${host}${pathname}`)
    }
    const service = hosted.find((each) => each.host === host && pathname.startsWith(each.path))
    if (service !== undefined) {
      return { name: service.name, handle: service.handle, latency: 0 }
    }
    const handle = upstreams[host] ?? upstreams[hostname]
    // The account's host has many APIs: its upstream simulates the commerce ones.
    const isMissing = handle === undefined || (host === JANUS_HOST && isMasterData(pathname))
    if (isMissing && isOfVtex(hostname)) {
      return notSimulated(featureOfVtex(hostname, pathname), called)
    }
    if (handle === undefined) {
      return new Rejection(403, 'UnknownHost', `${host} is not in this sandbox: add an upstream`)
    }
    return { name: hostname, handle, latency }
  }

  function admitInfra(pathname: string, called: string): Destination | Rejection {
    const name = pathname.split('/', 2)[1] ?? ''
    const service = infra[name]
    if (service === undefined) {
      return notSimulated(`VTEX IO's service ${name}`, called)
    }
    if (service.policy !== undefined && !policies.has(service.policy)) {
      return new Rejection(403, 'Forbidden', `${name}: the manifest lacks ${service.policy}`)
    }
    return { name, handle: service.handle, latency: 0 }
  }
}

function refuse(headers: RetryHeaders, request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  sendJson(response, 429, { code: 'TooManyRequests', message: 'the rate limit is exceeded' })
}

function perform(
  handle: () => void,
  fault: FaultRule | undefined,
  request: IncomingMessage,
  response: ServerResponse
): void {
  if (fault === undefined) {
    handle()
  } else {
    inject(fault, response, handle)
    // An unread body would block the connection.
    response.on('finish', () => request.resume())
  }
}

function after(ms: number, response: ServerResponse, act: () => void): void {
  if (ms > 0) {
    const timer = setTimeout(act, ms)
    response.once('close', () => clearTimeout(timer))
  } else {
    act()
  }
}

/** VTEX IO: services get a bearer token, public hosts `Proxy-Authorization`. */
function carriesCredential({ headers }: IncomingMessage, credential: string): boolean {
  return [headers['proxy-authorization'], headers.authorization].some(
    (value) =>
      value === credential || value === `Bearer ${credential}` || value === `bearer ${credential}`
  )
}
