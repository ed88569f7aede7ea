import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { readBody, sendJson } from '../common/http'
import type { Upstream } from '../platform'
import { type Admitted, admitted, admittedAtCentra, NotAllowed, references } from './admission'
import type { Credentials } from './credentials'
import { type Outbound, passedOn } from './outbound'
import { RateLimit } from './rate-limit'
import type { RequestCounts } from './request-counts'

const MAX_BODY = 2 ** 20
const TIMEOUT_MS = 20_000
const REFUSALS_KEPT = 5
const NAME_OF_OURS = 'intershop-integration-live'

/** The host under which the internet reaches an account's APIs. */
export const hostOf = (account: string) => `${account}.vtexcommercestable.com.br`

/** Whose APIs are called, and how. */
export interface LiveHostsOptions {
  account: string
  credentials: Credentials
  outbound: Outbound
  limits: Limits
  counts: RequestCounts
}

/** How many requests a host gets a minute, at most. */
export interface Limits {
  vtex: RateLimit
  centra: RateLimit
}

export const newLimits = (perMinute: number): Limits => ({
  vtex: new RateLimit(perMinute),
  centra: new RateLimit(perMinute),
})

/** A call that we make ourselves. */
type Asked = Pick<Admitted, 'method' | 'path'>

/** A request as it leaves. */
interface Leaving extends Admitted {
  host: string
  headers: OutgoingHttpHeaders
  body?: string | undefined
}

/**
 * The real VTEX and the real Centra in the place of the sandbox's: what is on the list is sent on by HTTPS, at a
 * bounded rate, and all else is refused here. Nothing of a request passes but what is named below.
 */
export class LiveHosts {
  /** What was asked for and refused here: how often, and the first of them. */
  readonly refused = { count: 0, examples: new Set<string>() }

  constructor(private readonly options: LiveHostsOptions) {}

  /** VTEX: the key takes the place of the app's token. */
  readonly vtex: Upstream = (request, response) => {
    void this.serve(request, response, this.options.limits.vtex, async () => this.toVtex(request))
  }

  /** Centra below the address of the setting `centraUrl`; the app shows its token of Centra itself. */
  centra({ host, pathname }: URL): Upstream {
    const stockPath = `${pathname.replace(/\/$/, '')}/stock`
    return (request, response) => {
      void this.serve(request, response, this.options.limits.centra, async () => ({
        ...admittedAtCentra(request.method ?? '', request.url ?? '', stockPath),
        host,
        headers: { ...common(request), ...shown(request, ['api-authorization', 'authorization']) },
      }))
    }
  }

  /**
   * Makes a call of the list by ourselves; answers its status and body.
   * @throws {NotAllowed} for any other, and node's error where there is no response
   */
  async ask({ method, path }: Asked, body: string | undefined, signal: AbortSignal) {
    const { account, outbound, counts } = this.options
    const an = `${path.includes('?') ? '&' : '?'}an=${account}`
    const call = admitted(method, `${path}${an}`, account)
    const { name } = call
    const sent = call.method === 'POST' ? references(body ?? '') : undefined
    const request = { ...call, host: hostOf(account), headers: this.keyed({}), body: sent }
    await this.turn(signal)
    try {
      const timely = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
      const response = await outbound.send(request, timely)
      const content = await readBody(response, 16 * MAX_BODY)
      const status = response.statusCode ?? 0
      counts.add(name, String(status))
      return { status, body: content.toString('utf8'), headers: response.headers }
    } catch (error) {
      counts.add(name, codeOf(error))
      throw error
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    for (;;) {
      const wait = this.options.limits.vtex.take()
      await sleep(wait ?? 1_000, undefined, { signal })
      if (wait !== undefined) return
    }
  }

  private async toVtex(request: IncomingMessage): Promise<Leaving> {
    const { account } = this.options
    const call = admitted(request.method ?? '', request.url ?? '', account)
    const headers = this.keyed(common(request))
    if (call.method !== 'POST') return { ...call, host: hostOf(account), headers }
    const body = references((await readBody(request, MAX_BODY)).toString('utf8'))
    return { ...call, host: hostOf(account), headers, body }
  }

  private keyed(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
    const { key, token } = this.options.credentials
    return {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': NAME_OF_OURS,
      ...headers,
      'x-vtex-api-appkey': key,
      'x-vtex-api-apptoken': token,
    }
  }

  /** Never rejects: what goes wrong is a response. */
  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
    limit: RateLimit,
    prepare: () => Promise<Leaving>
  ): Promise<void> {
    try {
      const leaving = await prepare()
      request.resume()
      await this.relay(leaving, response, limit)
    } catch (error) {
      request.resume()
      if (response.headersSent) response.destroy()
      else if (error instanceof NotAllowed) this.refuse(error, response)
      else sendJson(response, 502, { code: 'Unreachable', message: codeOf(error) })
    }
  }

  private refuse({ message }: NotAllowed, response: ServerResponse): void {
    this.refused.count++
    if (this.refused.examples.size < REFUSALS_KEPT) this.refused.examples.add(message)
    sendJson(response, 403, { code: 'NotAllowed', message })
  }

  private async relay(leaving: Leaving, response: ServerResponse, limit: RateLimit): Promise<void> {
    const wait = limit.take()
    if (wait === undefined) {
      response.setHeader('retry-after', '5')
      sendJson(response, 429, { code: 'TooManyRequests', message: 'more than --per-minute' })
      return
    }
    const gone = new AbortController()
    response.once('close', () => !response.writableFinished && gone.abort())
    if (wait > 0) await sleep(wait, undefined, { signal: gone.signal })
    const { counts, outbound } = this.options
    try {
      const answer = await outbound.send(leaving, gone.signal)
      const status = answer.statusCode ?? 502
      response.writeHead(status, passedOn(answer.headers))
      await pipeline(answer, response)
      counts.add(leaving.name, String(status))
    } catch (error) {
      counts.add(leaving.name, codeOf(error))
      throw error
    }
  }
}

/** What the app can read. */
const common = (request: IncomingMessage) => shown(request, ['accept', 'accept-encoding'])

const shown = ({ headers }: IncomingMessage, names: readonly string[]): OutgoingHttpHeaders =>
  Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  )

/** Node's code of a failure, such as `ECONNRESET` or `CERT_HAS_EXPIRED`; never its text. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : 'FAILED'
}
