import { readFileSync } from 'fs'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'http'
import { createServer, type Server } from 'https'
import type { AddressInfo } from 'net'
import { join } from 'path'
import { closeServer } from '../../sandbox/common/servers'
import { Faults } from '../../sandbox/platform/faults/faults'
import { inject } from '../../sandbox/platform/faults/inject'
import { CENTRA_HOST, centraListener } from '../../sandbox/world/centra/api/listener'
import { Company } from '../../sandbox/world/centra/company'
import { Account } from '../../sandbox/world/commerce/account'
import { commerceListener } from '../../sandbox/world/commerce/api/listener'
import { MARK } from '../e2e/support/leaks'

export const ACCOUNT = 'realshop'
/** The host of the account's APIs on the internet. */
export const VTEX_HOST = `${ACCOUNT}.vtexcommercestable.com.br`
/** Recognisable wherever they turn up. */
export const CREDENTIALS = { key: `vtexappkey-${MARK}-key/+@`, token: `${MARK}-token/+@` }
export const CENTRA_TOKEN = `${MARK}-centra/+@`

export const certificate = (name: string) => join(__dirname, 'certificates', name)

/** A request that arrived. */
export interface Arrived {
  host: string
  method: string
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** The real VTEX and the real Centra, as far as a laptop sees them: over HTTPS, with a certificate of their own. */
export class Double {
  readonly arrived: Arrived[] = []
  readonly faults = new Faults()
  /** Resources of License Manager that the key lacks. */
  readonly lacking = new Set<string>()
  /** Responds to all VTEX requests itself, where it is set. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  private readonly vtexListener
  private readonly centraListener

  private constructor(
    readonly commerce: Account,
    readonly centra: Company,
    private readonly server: Server
  ) {
    this.vtexListener = commerceListener(commerce)
    this.centraListener = centraListener(centra, CENTRA_TOKEN)
    server.on('request', (request, response) => void this.take(request, response))
  }

  /** @param name of a certificate in certificates/ */
  static async start(skus: number, name = 'server'): Promise<Double> {
    const commerce = new Account(ACCOUNT, skus, 1)
    const server = createServer({
      cert: readFileSync(certificate(`${name}.pem`)),
      key: readFileSync(certificate(`${name}.key`)),
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Double(commerce, new Company(commerce.catalog), server)
  }

  async stop(): Promise<void> {
    await closeServer(this.server as unknown as Parameters<typeof closeServer>[0])
  }

  get connectTo() {
    const { port } = this.server.address() as AddressInfo
    return { host: '127.0.0.1', port }
  }

  /** The requests that arrived for VTEX. */
  get atVtex(): Arrived[] {
    return this.arrived.filter(({ host }) => host === VTEX_HOST)
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    const { host = '' } = headers
    const arrived = { host, method, url, headers: { ...headers }, body: '' }
    this.arrived.push(arrived)
    request.on('data', (chunk) => {
      arrived.body += chunk
    })
    // An upstream that echoes secrets is no reason for anybody to keep them.
    response.setHeader('x-echo', JSON.stringify(CREDENTIALS))
    response.setHeader('set-cookie', `key=${CREDENTIALS.token}`)
    const { fault } = this.faults.draw({ upstream: host, method, path: url })
    const handle = () => this.listenerOf(host)(request, response)
    if (fault) inject(fault, response, handle)
    else handle()
  }

  private listenerOf(host: string): (request: IncomingMessage, response: ServerResponse) => void {
    if (host === CENTRA_HOST) return this.centraListener
    return this.instead ?? ((request, response) => this.vtex(host, request, response))
  }

  private vtex(host: string, request: IncomingMessage, response: ServerResponse): void {
    const { headers, url = '' } = request
    const isKnown =
      host === VTEX_HOST &&
      headers['x-vtex-api-appkey'] === CREDENTIALS.key &&
      headers['x-vtex-api-apptoken'] === CREDENTIALS.token
    // Inside VTEX IO the account stands in the query, and a token says who asks.
    request.url = `${url}${url.includes('?') ? '&' : '?'}an=${ACCOUNT}`
    request.headers.vtexidclientautcookie = isKnown ? 'the key' : ''
    this.vtexListener(request, response, (token) =>
      token === '' ? undefined : { has: (resource) => !this.lacking.has(resource) }
    )
  }
}
