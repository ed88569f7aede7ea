import type { IOContext } from '@vtex/api'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'http'
import type { AddressInfo } from 'net'
import { Centra, type CentraAccess } from '../../node/clients/centra'
import { UpstreamError } from '../../node/common/upstreamError'
import { unlimited } from '../throttling/unlimited'

export const TOKEN = 's3cret-t0ken'
/** VTEX's token of the app. */
export const CREDENTIAL = 'cr3dential-of-the-app'

/** A row as Centra answers it. */
export const ROW = {
  ...{ stockItemId: 3131, sku: '12019005', variantSku: 'A', sizeSku: 'X' },
  ...{ active: 1, availableStock: 4 },
}
/** A page of one row that leads to another page. */
export const PAGE = JSON.stringify({ status: 'ok', products: [ROW], next: '?limit=2&page=2' })
/** An answer in XML. */
export const xml = (content: string) => `<?xml version="1.0"?><r><status>ok</status>${content}</r>`

type Behaviour = (response: ServerResponse) => void

/** A server where Centra would be, which answers whatever a test wants. */
export class ScriptedServer {
  readonly asked: Array<{
    method: string | undefined
    path: string
    query: Record<string, string>
    headers: IncomingHttpHeaders
  }> = []
  private behaviour: Behaviour = (response) => response.end()

  private readonly server = createServer(({ method, url = '', headers }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://scripted')
    this.asked.push({ method, path: pathname, query: Object.fromEntries(searchParams), headers })
    this.behaviour(response)
  })

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
  }

  stop() {
    this.server.closeAllConnections()
    this.server.close()
  }

  /** What becomes of the calls to come; forgets those before. */
  does(behaviour: Behaviour) {
    this.asked.length = 0
    this.behaviour = behaviour
  }

  answers(status: number, body: string | Buffer, headers: Record<string, string> = {}) {
    this.does((response) => response.writeHead(status, headers).end(body))
  }

  get access(): CentraAccess {
    const { port } = this.server.address() as AddressInfo
    return {
      url: `http://127.0.0.1:${port}/api/order-api`,
      token: TOKEN,
      auth: 'api-authorization',
    }
  }
}

/** The context of a request that VTEX traces, or not, and what is logged and traced, as it comes in. */
export function tracedContext(traced = true) {
  const told: unknown[] = []
  const note = (...words: unknown[]) => told.push(...words)
  const span = {
    ...{ setTag: note, addTags: note, log: note, finish: () => undefined },
    context: () => ({ isSampled: () => traced, toTraceId: () => 'trace' }),
  }
  const context = {
    ...{ authToken: CREDENTIAL, account: 'shop', workspace: 'master' },
    logger: { error: note, warn: note, info: note, debug: note },
    tracer: {
      isTraceSampled: traced,
      startSpan: () => span,
      fallbackSpanContext: () => undefined,
      inject: () => undefined,
    },
  } as unknown as IOContext
  return { context, told }
}

/** The client as the runtime would make it. */
export function clientOf({ traced = false, timeoutMs = 30_000 } = {}) {
  const { context, told } = tracedContext(traced)
  class Impatient extends Centra {
    protected override readonly timeoutMs = timeoutMs
  }
  return { centra: unlimited(new Impatient(context)), told }
}

/** What a call fails with, which must be nothing but this. */
export async function failure(call: Promise<unknown>): Promise<UpstreamError> {
  const thrown = await call.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error
  )
  if (thrown instanceof UpstreamError) return thrown
  throw thrown
}
