import { createServer, type Server } from 'http'
import type { AddressInfo } from 'net'
import type { CentraBehaviour } from '../behaviour'
import { Company } from '../company'
import { CENTRA_PATH, centraListener } from './listener'

const TOKEN = 'a-token'

/** A product in a response. */
export type Product = Record<string, unknown>

/** A response of the API. */
export interface StockResponse {
  status: string
  products: Product[]
  previous?: string
  next?: string
  msg?: unknown
  [field: string]: unknown
}

/** A running Centra API with its company, for tests. */
export class CentraTestServer {
  private constructor(
    readonly company: Company,
    private readonly server: Server
  ) {}

  static async start(skus = 400): Promise<CentraTestServer> {
    const company = new Company({ size: skus, seed: 1 })
    const server = createServer(centraListener(company, TOKEN))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new CentraTestServer(company, server)
  }

  /** Changes the API's behaviour. */
  set(behaviour: Partial<CentraBehaviour>): void {
    Object.assign(this.company.behaviour, behaviour)
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve())
      this.server.closeAllConnections()
    })
  }

  /** Address and token of the API. */
  get access(): { url: string; token: string } {
    const { port } = this.server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}${CENTRA_PATH.replace(/\/stock$/, '')}`, token: TOKEN }
  }

  fetch(
    query: string,
    headers: Record<string, string> = { 'API-Authorization': TOKEN },
    { path = CENTRA_PATH, method = 'GET' } = {}
  ): Promise<Response> {
    const { port } = this.server.address() as AddressInfo
    return fetch(`http://127.0.0.1:${port}${path}${query}`, { method, headers })
  }

  /** Requests stock; returns the JSON of any status. */
  async get(query: Record<string, string> | string = ''): Promise<StockResponse> {
    const text = typeof query === 'string' ? query : `?${new URLSearchParams(query)}`
    return JSON.parse(await (await this.fetch(text)).text())
  }

  /** The ids of the returned rows, in their order. */
  async ids(query: Record<string, string> | string = ''): Promise<unknown[]> {
    return (await this.get(query)).products.map(({ stockItemId }) => stockItemId)
  }

  /** Follows `next` with `query` added to each request; returns the ids by page. */
  async pages(query: Record<string, string>): Promise<unknown[][]> {
    const pages: unknown[][] = []
    let next: string | undefined = `?${new URLSearchParams(query)}`
    while (next !== undefined && pages.length < 100) {
      const merged: Record<string, string> = {
        ...query,
        ...Object.fromEntries(new URLSearchParams(next)),
      }
      const answer = await this.get(merged)
      pages.push(answer.products.map(({ stockItemId }) => stockItemId))
      next = answer.next
    }
    return pages
  }
}
