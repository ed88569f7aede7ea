import { request as requestHttp } from 'node:http'
import type { Entry } from './entry'

const PATIENCE = 60_000

/** Thrown for a request that goes to another host than the workspace's own. */
export class ForbiddenHost extends Error {}

/** Makes an entry's request; answers its status. Rejects when there is no answer. */
export type SendRequest = (request: Entry['request'], signal: AbortSignal) => Promise<number>

/** The host of a workspace's public edge (VTEX IO: `https://{workspace}--{account}.myvtex.com`). */
export function publicHost(whose: { account: string; workspace: string }): string {
  return `${whose.workspace}--${whose.account}.myvtex.com`
}

/**
 * A caller for which `host` is the edge at the URL that `edge` answers. It reaches nothing else: every
 * other host is `ForbiddenHost`.
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
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
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
