import { request as requestHttp } from 'node:http'
import type { Entry } from './entry'

const TIMEOUT = 60_000

/** Thrown for a request to another host than the workspace's. */
export class ForbiddenHost extends Error {}

/** Sends an entry's request and returns the status. Rejects if there is no response. */
export type SendRequest = (request: Entry['request'], signal: AbortSignal) => Promise<number>

/** The host of a workspace's public edge (VTEX IO: `https://{workspace}--{account}.myvtex.com`). */
export function publicHost(whose: { account: string; workspace: string }): string {
  return `${whose.workspace}--${whose.account}.myvtex.com`
}

/**
 * Creates a sender that maps `host` to the edge at the URL of `edge()`. Throws `ForbiddenHost` for other hosts.
 */
export function createRequestSender(host: string, edge: () => string): SendRequest {
  return async ({ uri, method, headers, body }, signal) => {
    const target = new URL(uri)
    if (target.host !== host) {
      throw new ForbiddenHost(`${target.host} is not this workspace's ${host}`)
    }
    const content = body === undefined || body === null ? '' : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const request = requestHttp(new URL(target.pathname + target.search, edge()), {
        method: method.toUpperCase(),
        headers: {
          ...(content && { 'content-type': 'application/json' }),
          ...lowerCase(headers ?? {}),
          'content-length': Buffer.byteLength(content),
          host,
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
      })
      request.on('response', (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
        response.on('error', reject)
      })
      request.on('error', reject)
      request.end(content)
    })
  }
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  )
}
