import { createServer } from 'http'
import type { AddressInfo } from 'net'
import { Account } from './account'
import { commerceListener } from './api/listener'
import { bindingsOf } from './bindings'

const account = new Account('sandbox', 200, 1)
const { catalog, marketplace } = account
const listener = commerceListener(account)
const resources = { has: () => true }
const server = createServer((request, response) => listener(request, response, () => resources))

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

const CATALOG = '/api/catalog_system/pvt/sku'
const SELLER = 'nordicshop'

async function get(path: string) {
  const { port } = server.address() as AddressInfo
  const url = new URL(path, `http://127.0.0.1:${port}`)
  url.searchParams.set('an', 'sandbox')
  const response = await fetch(url, {
    headers: { VtexIdclientAutCookie: 'a', connection: 'close' },
  })
  const text = await response.text()
  return { status: response.status, content: response.ok ? JSON.parse(text) : undefined }
}

const listed = async (): Promise<number[]> =>
  (await get(`${CATALOG}/stockkeepingunitids?page=1&pagesize=1000`)).content

async function bound(): Promise<number[]> {
  const path = `/api/sku-binding/pvt/skuseller/paged/sellerid/${SELLER}?page=1&size=100`
  const rows: { StockKeepingUnitId: number }[] = (await get(path)).content
  return rows.map(({ StockKeepingUnitId }) => StockKeepingUnitId)
}

/** The sellers that a SKU's context names; undefined where there is no such SKU. */
async function sellersOf(skuId: number): Promise<string[] | undefined> {
  const { content } = await get(`${CATALOG}/stockkeepingunitbyid/${skuId}`)
  return content?.SkuSellers.map(({ SellerId }: { SellerId: string }) => SellerId)
}

describe('the catalog list', () => {
  const [first = 0] = catalog.ids()

  it('hides unlisted SKUs, which can still be read by id', async () => {
    catalog.unlisted.skus = [first]
    expect(await listed()).toHaveLength(199)
    expect(await listed()).not.toContain(first)
    catalog.unlisted.all = true
    expect(await listed()).toEqual([])
    expect(await sellersOf(first)).toContain('1')
    Object.assign(catalog.unlisted, { all: false, skus: [] })
    expect(await listed()).toContain(first)
  })

  it('contains no deleted SKU', async () => {
    const [, skuId = 0] = catalog.ids()
    account.removeSku(skuId)
    expect(await listed()).not.toContain(skuId)
    expect(await sellersOf(skuId)).toBeUndefined()
    expect((await get(`/api/logistics/pvt/inventory/skus/${skuId}`)).status).toBe(404)
    expect(bindingsOf(account, skuId)).toEqual([])
  })
})

describe("the list of a seller's bindings", () => {
  it('hides unlisted bindings, which the SKU still contains', async () => {
    const [skuId = 0, ...others] = await bound()
    marketplace.setUnlisted(SELLER, { skus: [skuId] })
    expect(await bound()).toEqual(others)
    marketplace.setUnlisted(SELLER, { all: true })
    expect(await bound()).toEqual([])
    expect(await sellersOf(skuId)).toContain(SELLER)
    marketplace.setUnlisted(SELLER, { all: false, skus: [] })
    expect(await bound()).toContain(skuId)
  })

  it('contains no removed binding until it is created again', async () => {
    const before = await bound()
    const [, skuId = 0] = before
    const [free = 0] = [...catalog.ids()].filter((id) => !before.includes(id))
    marketplace.bind(SELLER, free, { active: true, quantity: 3 })
    for (const id of [skuId, free]) marketplace.unbind(SELLER, id)
    expect(await bound()).toEqual(before.filter((id) => id !== skuId))
    for (const id of [skuId, free]) expect(await sellersOf(id)).not.toContain(SELLER)
    marketplace.bind(SELLER, skuId, { active: true, quantity: 8 })
    expect(await bound()).toEqual(before)
    expect(bindingsOf(account, skuId)).toMatchObject([{ quantity: 8 }])
  })
})
