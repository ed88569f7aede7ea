import {
  Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
  type ServerResponse,
} from 'node:http'
import { sendJson } from '../../common/http'
import type { App } from '../app'
import type { ReplicaPool } from '../replicas/pool'
import { withoutHopByHop } from './headers'

/**
 * Forwards requests to the workers (round robin, streaming): 503 if no worker is running, 502 if one breaks the
 * connection, 504 after the app's `timeout`. Requests are never retried.
 */
export class Forwarder {
  // Shorter than the worker's keep-alive.
  private readonly agent = new Agent({ keepAlive: true, timeout: 60_000 })

  constructor(
    private readonly app: Pick<App, 'timeout'>,
    private readonly replicas: Pick<ReplicaPool, 'nextPort'>
  ) {}

  forward(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    headers: OutgoingHttpHeaders
  ): void {
    const port = this.replicas.nextPort()
    if (port === undefined) {
      response.setHeader('retry-after', '1')
      refuse(response, 503, 'NoReplica', 'no replica of the app listens')
      return
    }
    const { agent } = this
    const { method } = request
    const outgoing = requestHttp({ agent, host: '127.0.0.1', port, method, path, headers })
    const timeout = setTimeout(() => {
      refuse(response, 504, 'Timeout', `the app did not respond within ${this.app.timeout} s`)
      outgoing.destroy()
    }, this.app.timeout * 1_000)
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

  close(): void {
    this.agent.destroy()
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
