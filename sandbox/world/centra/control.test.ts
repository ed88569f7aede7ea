import Router from '@koa/router'
import { createServer } from 'http'
import type { AddressInfo } from 'net'
import { createControlListener } from '../../common/control-listener'
import { Account } from '../commerce/account'
import { Company } from './company'
import { addCentraControl } from './control'
import { skuIdOf } from './matches'

const account = new Account('sandbox', 300, 1)
const company = new Company(account.catalog)
const router = new Router({ prefix: '/_sandbox' })
const server = createServer(createControlListener(router))
const [row] = company.rows()
const id = row?.stockItemId ?? 0

beforeAll(async () => {
  addCentraControl(router, company, account)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

async function call(method: string, path: string, body?: object) {
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/_sandbox/centra${path}`, {
    method,
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: body && JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, content: text === '' ? undefined : JSON.parse(text) }
}

it('returns a row with its stock and its VTEX SKU', async () => {
  expect(await call('GET', `/rows/${id}`)).toEqual({
    status: 200,
    content: {
      row: { ...row, available: (row?.physical ?? 0) - (row?.allocated ?? 0) },
      skuId: row && skuIdOf(account, row),
    },
  })
  const { content } = await call('GET', '/rows')
  expect(content).toHaveLength(20)
  expect(content.some((each: { skuId: unknown }) => each.skuId === null)).toBe(true)
})

it('sells, restocks and sets stock, now or at a given time', async () => {
  await call('POST', `/rows/${id}`, { physicalStock: 20, allocatedStock: 5 })
  expect(await call('POST', `/rows/${id}/sell`, { units: 3 })).toMatchObject({
    status: 200,
    content: { row: { physical: 20, allocated: 8, available: 12 } },
  })
  const at = '2026-10-25T02:30:00+01:00'
  expect(await call('POST', `/rows/${id}/restock`, { units: 4, at })).toMatchObject({
    content: { row: { available: 16, stockModified: Date.UTC(2026, 9, 25, 1, 30) } },
  })
  expect(await call('POST', `/rows/${id}/sell`, { units: 17 })).toMatchObject({
    status: 409,
    content: { message: expect.stringContaining('16 units to sell') },
  })
})

it('changes active, EAN and SKUs of a row', async () => {
  expect(await call('POST', `/rows/${id}`, { active: false, ean: null })).toMatchObject({
    content: { row: { active: false, ean: null }, skuId: null },
  })
  const { refId, id: skuId } = account.sku([...account.catalog.ids()][0] ?? 0) ?? {}
  const parts = { sku: refId, variantSku: '', sizeSku: null }
  expect(await call('POST', `/rows/${id}`, parts)).toMatchObject({ content: { skuId } })
})

it('POST and DELETE /rows add and remove a row', async () => {
  const { status, content } = await call('POST', '/rows', { sku: 'NEW', physicalStock: 2 })
  expect([status, content.row.available]).toEqual([201, 2])
  const added = `/rows/${content.row.stockItemId}`
  const { rows } = (await call('GET', '')).content
  expect(await call('DELETE', added)).toMatchObject({ status: 200 })
  expect((await call('GET', '')).content.rows).toBe(rows - 1)
  expect(await call('GET', added)).toMatchObject({ status: 404 })
  expect(await call('POST', `${added}/sell`, { units: 1 })).toMatchObject({ status: 404 })
})

it('PUT /centra changes the given fields of the behaviour', async () => {
  const broken = { [id]: 'null' }
  expect(await call('PUT', '', { order: 'shuffled', clockSkew: -5_000, broken })).toMatchObject({
    content: { behaviour: { order: 'shuffled', clockSkew: -5_000, after: 'exclusive', broken } },
  })
  expect(await call('PUT', '', { timeZone: 'America/New_York' })).toMatchObject({ status: 200 })
  expect(company.behaviour).toMatchObject({ timeZone: 'America/New_York', order: 'shuffled' })
})

it('returns and resets the counts of requests', async () => {
  company.calls.count(new URLSearchParams('limit=2'))
  expect(await call('GET', '/calls')).toMatchObject({
    content: { total: 1, byShape: { limit: 1 } },
  })
  expect(await call('DELETE', '/calls')).toMatchObject({ status: 204 })
  expect(await call('GET', '/calls')).toMatchObject({ content: { total: 0, latest: [] } })
})

it.each([
  ['PUT', '', { timeZone: 'Europe/Atlantis' }],
  ['PUT', '', { order: 'none' }],
  ['PUT', '', { ordre: 'id' }],
  ['PUT', '', { broken: { [id]: 'half' } }],
  ['POST', `/rows/${id}`, {}],
  ['POST', `/rows/${id}`, { at: '2026-01-01T00:00:00Z' }],
  ['POST', `/rows/${id}`, { physicalStock: 1, active: true }],
  ['POST', `/rows/${id}`, { physicalStock: 1, at: '2026-01-01 00:00:00' }],
  ['POST', `/rows/${id}/sell`, { units: 0 }],
  ['POST', `/rows/${id}/restock`, { units: -1 }],
  ['POST', '/rows', { ean: '4006381333931' }],
])('rejects %s %s %j', async (method, path, body) => {
  expect(await call(method, path, body)).toMatchObject({ status: 400 })
})
