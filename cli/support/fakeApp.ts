import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { main, type Terminal } from '../main'
import { NOW } from './answers'

export const TOKEN = 'a-token-that-nobody-may-see'

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> }

/** An app that gives prepared responses, by method and path. */
export class FakeApp {
  readonly requests: { call: string; token: unknown; body: string }[] = []
  replies: Record<string, Reply | Reply[]> = {}
  private readonly server = createServer((request, response) => {
    this.respond(request).then(({ status = 200, body, headers }) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      response.writeHead(status, headers).end(text)
    })
  })
  origin = ''

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async respond(request: IncomingMessage): Promise<Reply> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const call = `${request.method} ${request.url?.replace('/_v/intershop/stock', '')}`
    this.requests.push({ call, token: request.headers.token, body: String(Buffer.concat(chunks)) })
    if (request.headers.token !== TOKEN) return { status: 401, body: '' }
    const reply = this.replies[call]
    const next = Array.isArray(reply) ? reply.shift() : reply
    return next ?? { status: 404, body: { code: 'unknown_export', message: `no ${call}` } }
  }

  /** Runs a command line against this app; the time stands still. */
  async run(line: string, changes: Partial<Terminal> & { isTTY?: boolean } = {}) {
    const { isTTY = false, ...rest } = changes
    const out: string[] = []
    const error: string[] = []
    const code = await main(line.split(' ').filter(Boolean), {
      environment: { INTERSHOP_STOCK_URL: this.origin, INTERSHOP_STOCK_TOKEN: TOKEN },
      out: { write: (text) => out.push(text), isTTY },
      error: { write: (text) => error.push(text), isTTY },
      now: () => NOW,
      sleep: async () => undefined,
      ...rest,
    })
    const printed = { code, out: out.join(''), error: error.join('') }
    expect(JSON.stringify(printed)).not.toContain(TOKEN)
    return printed
  }
}
