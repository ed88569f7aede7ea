import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Agent, request as requestHttps } from 'node:https'
import { rootCertificates } from 'node:tls'

const IDLE_MS = 20_000

/** How hosts of the internet are reached. */
export interface Reach {
  /** Certificates (PEM) of an authority that is believed besides the known ones. */
  ca?: string | undefined
  /** Connect there, and nowhere else; the certificate must still be the host's. */
  connectTo?: { host: string; port: number } | undefined
}

/** A request to a host of the internet. */
export interface OutboundRequest {
  method: string
  host: string
  path: string
  headers: OutgoingHttpHeaders
  body?: string | undefined
}

/** What of a response is of use to the app. No cookie comes back, and no place to go to instead. */
const RESPONSE_HEADERS = [
  ...['content-type', 'content-encoding', 'content-length', 'date'],
  ...['retry-after', 'ratelimit-reset', 'x-ratelimit-reset'],
]

/**
 * HTTPS to the outside. Certificates are always verified, whatever the environment says; redirects are responses like
 * any other.
 */
export class Outbound {
  private readonly agent: Agent

  constructor(private readonly reach: Reach = {}) {
    this.agent = new Agent({
      keepAlive: true,
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(reach.ca !== undefined && { ca: [...rootCertificates, reach.ca] }),
    })
  }

  /** Resolves with the response once its headers are there. Rejects with node's error, such as `ECONNRESET`. */
  async send(
    { method, host, path, headers, body }: OutboundRequest,
    signal: AbortSignal
  ): Promise<IncomingMessage> {
    const [hostname = host, port] = host.split(':')
    const request = requestHttps({
      agent: this.agent,
      host: this.reach.connectTo?.host ?? hostname,
      port: this.reach.connectTo?.port ?? port ?? 443,
      servername: hostname,
      method,
      path,
      headers: { ...headers, host, ...(body !== undefined && lengthOf(body)) },
      signal,
      timeout: IDLE_MS,
    })
    request.on('timeout', () => request.destroy(new Timeout()))
    // What comes after the response began is the response's to tell.
    request.on('error', () => undefined)
    request.end(body)
    const [response]: IncomingMessage[] = await once(request, 'response')
    if (response === undefined) throw new Error('expected a response')
    return response
  }

  close(): void {
    this.agent.destroy()
  }
}

class Timeout extends Error {
  readonly code = 'ETIMEDOUT'
}

const lengthOf = (body: string) => ({ 'content-length': Buffer.byteLength(body) })

/** The headers of a response that are passed on. */
export function passedOn(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(
    RESPONSE_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  )
}
