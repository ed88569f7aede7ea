import { type IncomingHttpHeaders, request as requestHttp } from 'http'

/** A request as it goes over the wire: the path is sent to the letter, so `%2e%2e` stays `%2e%2e`. */
export interface Sent {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
}

/** An answer, whole. */
export interface Answer {
  /** What was asked: "POST /_v/...". */
  request: string
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/**
 * Sends a request to an http URL's host on a connection of its own. Not `fetch`, which tidies paths up
 * and cannot send a body with every verb.
 */
export function send(
  url: string,
  { method, path, headers = {}, body = '' }: Sent
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = requestHttp({
      agent: false,
      hostname,
      port,
      method,
      path,
      headers: {
        ...headers,
        ...(body.length > 0 && { 'content-length': String(Buffer.byteLength(body)) }),
      },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({
          request: `${method} ${path}`,
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks),
        })
      )
    })
    outgoing.end(body)
  })
}

/** The JSON of an answer. Throws with the answer's text where it is none. */
export function json(answer: Answer): unknown {
  const text = answer.body.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${answer.request}: ${answer.status} with no JSON: ${text.slice(0, 200)}`)
  }
}
