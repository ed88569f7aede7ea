import type { ServerResponse } from 'node:http'
import { type CapturedResponse, intercept } from './intercept'
import { mistypeBody } from './mistype'
import type { FaultRule } from './rule'

const SLOW_PORTIONS = 10
const DEFAULT_SLOW_MS = 1_000

type ApplyFault = (
  response: ServerResponse,
  rule: FaultRule,
  answer: CapturedResponse | undefined
) => void

/** Faults that need no real answer: they strike in place of the call, or after it. */
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
  truncated(response, _rule, answer) {
    const { status, headers, body } = complete(answer)
    response.writeHead(status, { ...headers, 'content-length': Math.max(body.length, 1) })
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
  },
  malformed(response, _rule, answer) {
    const { status, headers, body } = complete(answer)
    const garbled = Buffer.concat([body.subarray(0, body.length / 2), Buffer.from('\u0000<{"')])
    response.writeHead(status, { ...headers, 'content-length': garbled.length })
    response.end(garbled)
  },
  empty(response, _rule, answer) {
    const { status, headers } = complete(answer)
    response.writeHead(status, { ...headers, 'content-length': 0 })
    response.end()
  },
  mistyped(response, { types = 'text' }, answer) {
    const { status, headers, body } = complete(answer)
    const mistyped = mistypeBody(body, types)
    response.writeHead(status, { ...headers, 'content-length': mistyped.length })
    response.end(mistyped)
  },
  slow(response, { ms = DEFAULT_SLOW_MS }, answer) {
    const { status, headers, body } = complete(answer)
    response.writeHead(status, { ...headers, 'content-length': body.length })
    response.flushHeaders()
    let portion = 0
    const timer = setInterval(() => {
      const from = Math.floor((body.length * portion) / SLOW_PORTIONS)
      portion++
      response.write(body.subarray(from, Math.floor((body.length * portion) / SLOW_PORTIONS)))
      if (portion === SLOW_PORTIONS) {
        response.end()
      }
    }, ms / SLOW_PORTIONS)
    response.on('close', () => clearInterval(timer))
    response.on('finish', () => clearInterval(timer))
  },
}

/** Lets `rule` befall a call: `dispatch` makes the real one, if the rule lets it be made. */
export function inject(rule: FaultRule, response: ServerResponse, dispatch: () => void): void {
  const blind = INSTEAD_OF_RESPONSE[rule.kind]
  if (blind !== undefined && rule.after !== true) {
    blind(response, rule, undefined)
    return
  }
  intercept(response, (answer) => (blind ?? ON_RESPONSE[rule.kind])?.(response, rule, answer))
  dispatch()
}

/** An HTTP date, which knows whole seconds: never before the moment that is meant. */
function secondsFromNow(seconds: number): string {
  return new Date(Math.ceil(Date.now() / 1_000 + seconds) * 1_000).toUTCString()
}

/** The held answer, with no header that fixes how its body is framed. */
function complete(answer: CapturedResponse | undefined): CapturedResponse {
  const { status = 200, headers = {}, body = Buffer.alloc(0) } = answer ?? {}
  const { 'transfer-encoding': _framing, 'content-length': _length, ...rest } = headers
  return { status, headers: rest, body }
}
