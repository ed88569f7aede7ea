import type { IncomingMessage, ServerResponse } from 'node:http'

/** Sends a JSON response with `cache-control: no-store`. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const content = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': content.length,
    'cache-control': 'no-store',
  })
  response.end(content)
}

/** Thrown by `readBody` if a body exceeds its limit. */
export class BodyTooLarge extends Error {}

/** Reads a request's body of at most `limit` bytes; rejects if the client disconnects. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) {
      throw new BodyTooLarge(`a body of more than ${limit} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Decodes percent-encoding; returns text with a malformed escape unchanged. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
