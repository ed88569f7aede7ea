import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** What a handler answered, held back. */
export interface CapturedResponse {
  status: number
  headers: OutgoingHttpHeaders
  body: Buffer
}

/**
 * Holds back all that a handler writes to `response`, and gives it to `replace` once it has ended;
 * `response` then writes for real again, with no status or header set yet.
 */
export function intercept(
  response: ServerResponse,
  replace: (answer: CapturedResponse) => void
): void {
  const chunks: Buffer[] = []
  const keep = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string') {
      chunks.push(Buffer.from(chunk, isEncoding(encoding) ? encoding : 'utf8'))
    } else if (chunk instanceof Uint8Array) {
      chunks.push(Buffer.from(chunk))
    }
  }
  const held = {
    writeHead(status: number, ...rest: unknown[]): ServerResponse {
      response.statusCode = status
      for (const [name, value] of Object.entries(headersOf(rest))) {
        if (value !== undefined) {
          response.setHeader(name, value)
        }
      }
      return response
    },
    flushHeaders(): void {},
    write(chunk: unknown, ...rest: unknown[]): boolean {
      keep(chunk, rest[0])
      callBack(rest)
      return true
    },
    end(...parts: unknown[]): ServerResponse {
      keep(parts[0], parts[1])
      for (const name of Object.keys(held)) {
        // The methods of the prototype show again.
        Reflect.deleteProperty(response, name)
      }
      const answer = {
        status: response.statusCode,
        headers: response.getHeaders(),
        body: Buffer.concat(chunks),
      }
      for (const name of response.getHeaderNames()) {
        response.removeHeader(name)
      }
      replace(answer)
      callBack(parts)
      return response
    },
  }
  Object.assign(response, held)
}

function headersOf(rest: readonly unknown[]): OutgoingHttpHeaders {
  const [last] = rest.slice(-1)
  return typeof last === 'object' && last !== null ? { ...last } : {}
}

function callBack(parts: readonly unknown[]): void {
  const [last] = parts.slice(-1)
  if (typeof last === 'function') {
    last()
  }
}

function isEncoding(value: unknown): value is BufferEncoding {
  return typeof value === 'string' && Buffer.isEncoding(value)
}
