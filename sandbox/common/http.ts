import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers with a small JSON body that no cache keeps. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const content = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': content.length,
    'cache-control': 'no-store',
  })
  response.end(content)
}

/** Thrown by `readBody` when a body is longer than its limit. */
export class BodyTooLarge extends Error {}

/** The whole body of a request, at most `limit` bytes; rejects when the sender goes away half-way. */
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

/** Decodes a percent-encoded text; a malformed escape leaves it as it is. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
