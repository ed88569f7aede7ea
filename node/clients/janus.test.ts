import { gzipSync } from 'zlib'

import { ScriptedServer, tracedContext } from '../../tests/centra/scriptedServer'
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
  protected override readonly patienceMs = 300
}

describe("a call to one of VTEX's APIs", () => {
  it('ends where a compressed answer breaks off, or drips', async () => {
    const [start] = [gzipSync(JSON.stringify(Array(5_000).fill(4_711))).subarray(0, 20)]
    const { context } = tracedContext()
    egress.does((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.write(start, () => response.destroy())
    })
    await expect(new ImpatientCatalog(context).skuIds(1)).rejects.toMatchObject({ trouble: 'down' })
    egress.does((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
    })
    await expect(new ImpatientCatalog(context).skuIds(1)).rejects.toMatchObject({ trouble: 'down' })
  })

  it('leaves no body and no header in logs and traces, also where VTEX traces the request', async () => {
    const { context, told } = tracedContext()
    egress.does((response) => response.destroy())
    const entry = { id: 'a', expression: '* * * * *', uri: 'https://x', headers: { token: SECRET } }
    await expect(new Scheduler(context).save(entry)).rejects.toMatchObject({ trouble: 'down' })
    expect(egress.asked).toHaveLength(1)
    expect(JSON.stringify(told)).not.toContain(SECRET)
    expect(JSON.stringify(told)).not.toContain(String(context.authToken))
  })
})
