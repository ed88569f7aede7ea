import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** A handler's response before it is sent. */
export interface CapturedResponse {
  status: number
  headers: OutgoingHttpHeaders
  body: Buffer
}

/**
 * Captures what a handler writes to `response` and passes it to `replace` when it has ended. Then `response` writes
 * normally again, without status and headers.
 */
export function intercept(
  response: ServerResponse,
  replace: (captured: CapturedResponse) => void
): void {
  const chunks: Buffer[] = []
  const capture = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string') {
      chunks.push(Buffer.from(chunk, isEncoding(encoding) ? encoding : 'utf8'))
    } else if (chunk instanceof Uint8Array) {
      chunks.push(Buffer.from(chunk))
    }
  }
  const capturing = {
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
      capture(chunk, rest[0])
      callBack(rest)
      return true
    },
    end(...parts: unknown[]): ServerResponse {
      capture(parts[0], parts[1])
      for (const name of Object.keys(capturing)) {
        // Restores the methods of the prototype.
        Reflect.deleteProperty(response, name)
      }
      const captured = {
        status: response.statusCode,
        headers: response.getHeaders(),
        body: Buffer.concat(chunks),
      }
      for (const name of response.getHeaderNames()) {
        response.removeHeader(name)
      }
      replace(captured)
      callBack(parts)
      return response
    },
  }
  Object.assign(response, capturing)
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
