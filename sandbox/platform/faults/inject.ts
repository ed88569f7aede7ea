import type { ServerResponse } from 'node:http'
import { type CapturedResponse, intercept } from './intercept'
import { mistypeBody } from './mistype'
import type { FaultRule } from './rule'

const SLOW_PARTS = 10
const DEFAULT_SLOW_MS = 1_000

type ApplyFault = (
  response: ServerResponse,
  rule: FaultRule,
  captured: CapturedResponse | undefined
) => void

/** Faults that need no real response: injected instead of the request, or after it. */
const INSTEAD_OF_RESPONSE: Partial<Record<FaultRule['kind'], ApplyFault>> = {
  status(response, { status = 503, headers = {}, body = '', retryDate }) {
    const content = Buffer.from(body)
    const date = retryDate === undefined ? {} : { 'retry-after': secondsFromNow(retryDate) }
    response.writeHead(status, { ...headers, ...date, 'content-length': content.length })
    response.end(content)
  },
  reset(response) {
    response.socket?.resetAndDestroy()
  },
  timeout(response, { ms }) {
    if (ms !== undefined) {
      const timer = setTimeout(() => response.destroy(), ms)
      response.on('close', () => clearTimeout(timer))
    }
  },
}

const ON_RESPONSE: Partial<Record<FaultRule['kind'], ApplyFault>> = {
  truncated(response, _rule, captured) {
    const { status, headers, body } = complete(captured)
    response.writeHead(status, { ...headers, 'content-length': Math.max(body.length, 1) })
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
  },
  malformed(response, _rule, captured) {
    const { status, headers, body } = complete(captured)
    const garbled = Buffer.concat([body.subarray(0, body.length / 2), Buffer.from('\u0000<{"')])
    response.writeHead(status, { ...headers, 'content-length': garbled.length })
    response.end(garbled)
  },
  empty(response, _rule, captured) {
    const { status, headers } = complete(captured)
    response.writeHead(status, { ...headers, 'content-length': 0 })
    response.end()
  },
  mistyped(response, { types = 'text' }, captured) {
    const { status, headers, body } = complete(captured)
    const mistyped = mistypeBody(body, types)
    response.writeHead(status, { ...headers, 'content-length': mistyped.length })
    response.end(mistyped)
  },
  slow(response, { ms = DEFAULT_SLOW_MS }, captured) {
    const { status, headers, body } = complete(captured)
    response.writeHead(status, { ...headers, 'content-length': body.length })
    response.flushHeaders()
    let part = 0
    const timer = setInterval(() => {
      const from = Math.floor((body.length * part) / SLOW_PARTS)
      part++
      response.write(body.subarray(from, Math.floor((body.length * part) / SLOW_PARTS)))
      if (part === SLOW_PARTS) {
        response.end()
      }
    }, ms / SLOW_PARTS)
    response.on('close', () => clearInterval(timer))
    response.on('finish', () => clearInterval(timer))
  },
}

/** Injects a fault; `dispatch` calls the upstream, if the rule allows it. */
export function inject(rule: FaultRule, response: ServerResponse, dispatch: () => void): void {
  const withoutResponse = INSTEAD_OF_RESPONSE[rule.kind]
  if (withoutResponse !== undefined && rule.after !== true) {
    withoutResponse(response, rule, undefined)
    return
  }
  intercept(response, (captured) =>
    (withoutResponse ?? ON_RESPONSE[rule.kind])?.(response, rule, captured)
  )
  dispatch()
}

/** An HTTP date, rounded up to whole seconds. */
function secondsFromNow(seconds: number): string {
  return new Date(Math.ceil(Date.now() / 1_000 + seconds) * 1_000).toUTCString()
}

/** The captured response without transfer-encoding and content-length. */
function complete(captured: CapturedResponse | undefined): CapturedResponse {
  const { status = 200, headers = {}, body = Buffer.alloc(0) } = captured ?? {}
  const { 'transfer-encoding': _framing, 'content-length': _length, ...rest } = headers
  return { status, headers: rest, body }
}
