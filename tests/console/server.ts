import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'http'
import type { AddressInfo } from 'net'

import { html, policy } from '../../node/handlers/consolePage'
import * as answers from './answers'

export const TOKEN = 'right-token'
const STOCK = '/_v/intershop/stock'

type Answers = (method: string, path: string) => { status?: number; body: unknown } | undefined

/** The console's page, and an app behind it that responds what a test says. */
export class ConsoleServer {
  /** Requests of the page, with the token: "GET /status". */
  readonly asked: string[] = []
  /** Overrules what the app responds. */
  instead: Answers = () => undefined
  /** Changes each response. */
  change: <T>(body: T) => T = (body) => body
  private readonly server: Server

  constructor() {
    this.server = createServer((request, response) => this.respond(request, response))
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/_v/intershop/console`
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections()
    return new Promise((resolve) => this.server.close(resolve))
  }

  private respond(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/_v/intershop/console') {
      response.setHeader('content-security-policy', policy)
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(html)
      return
    }
    const path = (request.url ?? '').slice(STOCK.length)
    this.asked.push(`${request.method} ${path}`)
    if (request.headers.token !== TOKEN) {
      response.writeHead(401).end()
      return
    }
    const method = request.method ?? 'GET'
    const { status = 200, body } =
      this.instead(method, path) ?? usual(method, path.split('?')[0] ?? '')
    response.setHeader('content-type', 'application/json')
    response.setHeader('x-export-id', answers.idOf(1))
    if (status === 429) response.setHeader('retry-after', '60')
    response.writeHead(status).end(JSON.stringify(this.change(body)))
  }
}

function usual(method: string, path: string): { status?: number; body: unknown } {
  const id = path.split('/')[2] ?? ''
  if (path === '/status') return { body: answers.status('actionRequired') }
  if (path === '/exports') return { body: answers.list }
  if (/^\/exports\/[^/]+\/(failures|unmapped)$/.test(path)) return { body: answers.moreFailures }
  if (/^\/exports\/[^/]+\/held$/.test(path)) return { body: answers.heldByExport }
  if (path === `/exports/${answers.running.exportId}`) return { body: answers.report }
  if (path.startsWith('/exports/')) {
    return { body: { ...answers.report, exportId: id, status: 'completed', lastError: undefined } }
  }
  if (path === '/held') return { body: answers.held }
  if (path.startsWith('/held/')) return { status: 202, body: { exportId: answers.idOf(1) } }
  if (path.startsWith('/skus/')) return { body: answers.sku }
  if (path === '/check') return { status: 424, body: answers.check }
  if (method === 'POST') return { body: '' }
  return { status: 404, body: { code: 'unknown_export', message: 'there is no such export' } }
}
