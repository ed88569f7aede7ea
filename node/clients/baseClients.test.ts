import { gzipSync } from 'zlib'
import { failure, ScriptedServer, tracedContext } from '../../tests/centra/scriptedServer'
import { unlimited } from '../../tests/throttling/unlimited'
import { needOf } from '../common/upstreamError'
import { trafficOf } from '../throttling/limiters'
import { Catalog } from './catalog'
import { Scheduler } from './scheduler'

const SECRET = 's3cret-of-the-routes'

/** Stands where VTEX IO's egress would: calls to VTEX come to it as to a proxy. */
const egress = new ScriptedServer()
const { http_proxy: before } = process.env

beforeAll(async () => {
  await egress.start()
  process.env.http_proxy = new URL(egress.access.url).origin
})

afterAll(() => {
  process.env.http_proxy = before ?? ''
  egress.stop()
})

class ImpatientCatalog extends Catalog {
  protected override readonly timeoutMs = 300
}

/** That it does not compile is the test: no client sends a request past its limiter. */
export class Bypassing extends Catalog {
  bypass() {
    // @ts-expect-error
    return this.http.get('/api/catalog_system/pvt/sku/stockkeepingunitids')
  }
}

/** What reading a page of SKU ids fails with; nothing but this may be thrown. */
const reading = () => failure(unlimited(new ImpatientCatalog(tracedContext().context)).skuIds(1))

const cut = (status: number) => {
  egress.does((response) => {
    response.writeHead(status, { 'content-length': 1_000 })
    response.write('[4711,', () => response.socket?.destroy())
  })
}

it("Catalog.skuIds retries a 503, and counts each request at the account's limiter", async () => {
  const { context } = tracedContext()
  const owner = { ...context, account: 'retrying' }
  egress.does((response) => {
    response.writeHead(egress.asked.length === 1 ? 503 : 200, {
      'content-type': 'application/json',
    })
    response.end('[4711]')
  })
  expect(await new Catalog(owner).skuIds(1)).toEqual([4711])
  expect(egress.asked).toHaveLength(2)
  expect(trafficOf(owner)).toMatchObject({ catalog: { requests: 2, retries: 1, inFlight: 0 } })
})

describe("a client of VTEX's APIs", () => {
  it.each([
    [302, 'refused', 'status 302, the upstream redirects, which is not followed'],
    [304, 'down', 'status 304'],
    [403, 'refused', `status 403, the app's manifest needs ${needOf(['Sku.aspx', 'ViewProduct'])}`],
    [404, 'missing', 'status 404'],
    [429, 'overloaded', 'status 429'],
    [500, 'down', 'status 500'],
  ])('rejects status %i with its kind and detail', async (status, kind, detail) => {
    egress.answers(status, '', { location: 'http://elsewhere.example/', 'retry-after': '7' })
    expect(await reading()).toMatchObject({
      ...{ kind, status, retryAfterMs: 7_000 },
      message: `VTEX catalog: ${detail}`,
    })
    expect(egress.asked).toHaveLength(1)
  })

  it.each([200, 404, 403, 429, 500])(
    'rejects as down if a response with status %i breaks off',
    async (status) => {
      cut(status)
      expect(await reading()).toMatchObject({
        ...{ kind: 'down', status: undefined },
        message: 'VTEX catalog: the answer broke off',
      })
    }
  )

  it('rejects as down if the connection breaks off or nobody responds', async () => {
    egress.does((response) => response.socket?.destroy())
    expect(await reading()).toMatchObject({
      ...{ kind: 'down', message: 'VTEX catalog: ECONNRESET' },
    })
    egress.does(() => undefined)
    expect(await reading()).toMatchObject({ kind: 'down', status: undefined })
  })

  it.each(['', '[4711,', '<html>', '"4711"'])(
    'rejects %j with status 200 as malformed',
    async (body) => {
      egress.answers(200, body, { 'content-type': 'application/json' })
      expect(await reading()).toMatchObject({ kind: 'malformed' })
    }
  )

  it('rejects if a compressed response breaks off or never ends', async () => {
    const [start] = [gzipSync(JSON.stringify(Array(5_000).fill(4_711))).subarray(0, 20)]
    const { context } = tracedContext()
    egress.does((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.write(start, () => response.destroy())
    })
    await expect(unlimited(new ImpatientCatalog(context)).skuIds(1)).rejects.toMatchObject({
      kind: 'down',
    })
    egress.does((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
    })
    await expect(unlimited(new ImpatientCatalog(context)).skuIds(1)).rejects.toMatchObject({
      kind: 'down',
    })
  })

  it('writes no body and no header to logs and traces, also if VTEX traces the request', async () => {
    const { context, told } = tracedContext()
    egress.does((response) => response.destroy())
    const entry = { id: 'a', expression: '* * * * *', uri: 'https://x', headers: { token: SECRET } }
    await expect(unlimited(new Scheduler(context)).save(entry)).rejects.toMatchObject({
      kind: 'down',
    })
    expect(egress.asked).toHaveLength(1)
    expect(JSON.stringify(told)).not.toContain(SECRET)
    expect(JSON.stringify(told)).not.toContain(String(context.authToken))
  })
})
