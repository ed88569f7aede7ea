import { createServer } from 'http'
import type { AddressInfo } from 'net'
import { Account } from '../account'
import { bindingsOf } from '../bindings'
import { kindsOf } from '../kinds'
import { commerceListener } from './listener'

const account = new Account('sandbox', 2500, 1)
const listener = commerceListener(account)
const HEADERS = { VtexIdclientAutCookie: 'a-credential' }
/** Resources that the credential lacks. */
const lacking = new Set<string>()
const resourcesOf = (token: string) =>
  token === HEADERS.VtexIdclientAutCookie
    ? { has: (resource: string) => !lacking.has(resource) }
    : undefined
const server = createServer((request, response) => listener(request, response, resourcesOf))
let base = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  base = `http://127.0.0.1:${address.port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const request = (path: string, init: RequestInit = {}) =>
  fetch(`${base}${path}${path.includes('?') ? '&' : '?'}an=sandbox`, { headers: HEADERS, ...init })
const read = async <T>(path: string) => {
  const answer: T = JSON.parse(await (await request(path)).text())
  return answer
}

interface Sku {
  ProductId: number
  SkuSellers: Binding[]
}
interface Binding {
  StockKeepingUnitId: number
  IsActive: boolean
}

const IDS = '/api/catalog_system/pvt/sku/stockkeepingunitids'
const BY_ID = '/api/catalog_system/pvt/sku/stockkeepingunitbyid'
const BY_EAN = '/api/catalog_system/pvt/sku/stockkeepingunitbyean'
const STOCK = '/api/logistics/pvt/inventory/skus'
const BY_REFS = '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids'
const BINDINGS = '/api/sku-binding/pvt/skuseller/paged/sellerid/nordicshop'
/** Required of a SKU's record by VTEX's OpenAPI document. */
const REQUIRED =
  `AlternateIdValues AlternateIds Attachments BrandId BrandName CSCIdentification Categories
  Collections CommercialConditionId DetailUrl Dimension EstimatedDateArrival Id ImageUrl Images InformationSource
  IsActive IsGiftCardRecharge IsInventoried IsKit IsTransported KitItems ManufacturerCode MeasurementUnit ModalType
  NameComplete ProductCategories ProductCategoryIds ProductClustersIds ProductDescription ProductGlobalCategoryId
  ProductId ProductName ProductSpecifications RealDimension RewardValue SalesChannels Services SkuName SkuSellers
  SkuSpecifications UnitMultiplier`.split(/\s+/)
const ordinary = (id: number) =>
  Object.values(kindsOf(account.seed, id)).every((kind) => kind === 'ordinary')
const id =
  [...account.catalog.ids()].find((each) => ordinary(each) && !bindingsOf(account, each).length) ??
  0

describe('commerceListener', () => {
  it('require a known token and the account', async () => {
    expect((await fetch(`${base}${STOCK}/${id}?an=sandbox`)).status).toBe(401)
    const headers = { VtexIdclientAutCookie: 'invented' }
    expect((await request(`${STOCK}/${id}`, { headers })).status).toBe(401)
    expect((await fetch(`${base}${STOCK}/${id}?an=other`, { headers: HEADERS })).status).toBe(400)
    expect((await request('/api/nothing')).status).toBe(404)
    expect((await request(IDS, { method: 'POST' })).status).toBe(405)
  })

  it('return pages of at most 1000 SKU ids, [] after the end', async () => {
    const sizes = []
    for (const page of [1, 2, 3, 4]) {
      sizes.push((await read<number[]>(`${IDS}?page=${page}&pagesize=1000`)).length)
    }
    expect(sizes).toEqual([1000, 1000, 500, 0])
    expect((await request(`${IDS}?page=1&pagesize=1001`)).status).toBe(400)
    expect((await request(`${IDS}?page=0&pagesize=10`)).status).toBe(400)
  })

  it.each([
    [`${IDS}?page=1`, 400],
    [`${IDS}?pagesize=10`, 400],
    [`${IDS}?page=1&pagesize=10`, 200],
    [`${BINDINGS}?page=1`, 400],
    [`${BINDINGS}?size=10`, 400],
    [`${BINDINGS}?page=1&size=101`, 400],
    [`${BINDINGS}?page=1&size=100`, 200],
  ])('respond to %s with %i', async (path, status) => {
    expect((await request(path)).status).toBe(status)
  })

  it.each([
    ['GET', `${IDS}?page=1&pagesize=10`, ['Sku.aspx', 'ViewProduct']],
    ['GET', `${BY_ID}/${id}`, ['Sku.aspx', 'ViewProduct']],
    ['GET', `${BY_EAN}/${account.sku(id)?.ean}`, ['Sku.aspx', 'ViewProduct']],
    ['POST', BY_REFS, ['Sku.aspx', 'ViewProduct']],
    ['GET', `${STOCK}/${id}`, ['LogisticsViewer']],
    ['GET', '/api/logistics/pvt/configuration/warehouses', ['LogisticsViewer']],
    ['GET', '/api/seller-register/pvt/sellers', ['view-seller']],
    [
      'GET',
      `/api/offer-manager/pvt/product/${account.sku(id)?.productId}/sku/${id}`,
      ['view-seller'],
    ],
    ['GET', `${BINDINGS}?page=1&size=100`, ['ViewProduct']],
  ])('respond to %s %s with 403 if the token lacks one of %j', async (method, path, needed) => {
    const body = method === 'POST' ? { body: '[]' } : {}
    for (const resource of ['Sku.aspx', 'ViewProduct', 'LogisticsViewer', 'view-seller']) {
      lacking.add(resource)
      const { status } = await request(path, { method, ...body })
      expect([resource, status]).toEqual([resource, needed.includes(resource) ? 403 : 200])
      lacking.clear()
    }
  })

  it('serve each path under pub or pvt, not both', async () => {
    const other = (path: string) =>
      path.replace(/\/p(ub|vt)\//, (found) => (found === '/pub/' ? '/pvt/' : '/pub/'))
    for (const path of [
      `${IDS}?page=1&pagesize=10`,
      `${BY_ID}/${id}`,
      `${BY_EAN}/${account.sku(id)?.ean}`,
    ]) {
      expect([path, (await request(path)).status]).toEqual([path, 200])
      expect([path, (await request(other(path))).status]).toEqual([path, 404])
    }
    const post = { method: 'POST', body: '[]' }
    expect((await request(BY_REFS, post)).status).toBe(200)
    expect((await request(other(BY_REFS), post)).status).toBe(404)
  })

  it("return a SKU's record in PascalCase", async () => {
    const sku = account.sku(id)
    expect(await read(`${BY_ID}/${id}`)).toMatchObject({
      Id: id,
      ProductId: sku?.productId,
      IsActive: true,
      IsProductActive: true,
      BrandId: expect.any(String),
      AlternateIds: { Ean: sku?.ean, RefId: sku?.refId },
      AlternateIdValues: [sku?.ean, sku?.refId],
      SkuSellers: [
        {
          SellerId: '1',
          SellerStockKeepingUnitId: String(id),
          IsActive: true,
          FreightCommissionPercentage: 0,
          ProductCommissionPercentage: 0,
        },
      ],
      IsKit: false,
    })
    expect(await read(`${BY_EAN}/${sku?.ean}`)).toEqual(await read(`${BY_ID}/${id}`))
  })

  it("return all required fields of a SKU's record, and a kit's items as strings", async () => {
    const kit = [...account.catalog.ids()].find((each) => account.sku(each)?.kit)
    const record = await read<Record<string, unknown>>(`${BY_ID}/${kit}`)
    expect(REQUIRED.filter((name) => !(name in record))).toEqual([])
    expect(record).toMatchObject({ IsKit: true, KitItems: [expect.any(String)] })
  })

  it("return a SKU's stock by warehouse, with the id as a string", async () => {
    const stock = await read<{ skuId: string; balance: object[] }>(`${STOCK}/${id}`)
    expect(stock.skuId).toBe(String(id))
    expect(stock.balance).toHaveLength(6)
    expect(stock.balance[0]).toEqual({
      warehouseId: '1_1',
      warehouseName: 'Main warehouse',
      totalQuantity: expect.any(Number),
      reservedQuantity: expect.any(Number),
      hasUnlimitedQuantity: false,
      timeToRefill: null,
      dateOfSupplyUtc: null,
      leadTime: '1.00:00:00',
    })
    const listed = await read<{ id: string; isActive: boolean }[]>(
      '/api/logistics/pvt/configuration/warehouses'
    )
    expect(listed.map((each) => [each.id, each.isActive])).toEqual([
      ['1_1', true],
      ['north', true],
      ['outlet', true],
      ['returns', false],
      ['pop-up', false],
    ])
  })

  it('return the components of a kit, as an object or a list, and the kits of a SKU', async () => {
    const url = '/api/catalog/pvt/stockkeepingunitkit'
    const made = (parts: number) =>
      [...account.catalog.ids()].find((each) => account.kits.components(each).length === parts) ?? 0
    const row = { Id: expect.any(Number), UnitPrice: expect.any(Number) }
    for (const [parts, shape] of [
      [1, (rows: object[]) => rows[0]],
      [2, (rows: object[]) => rows],
    ] as const) {
      const kit = made(parts)
      const rows = account.kits.components(kit).map(({ skuId, quantity }) => ({
        ...{ ...row, StockKeepingUnitParent: kit },
        ...{ StockKeepingUnitId: skuId, Quantity: quantity },
      }))
      expect(await read(`${url}?parentSkuId=${kit}`)).toEqual(shape(rows))
      const { skuId = 0 } = account.kits.components(kit)[0] ?? {}
      expect([await read(`${url}?skuId=${skuId}`)].flat()).toContainEqual(rows[0])
      expect(await read(`${BY_ID}/${kit}`)).toMatchObject({
        IsKit: true,
        KitItems: account.kits.components(kit).map((part) => String(part.skuId)),
      })
      expect(await read(`${STOCK}/${kit}`)).toEqual({ skuId: String(kit), balance: [] })
    }
    const own = [...account.catalog.ids()].find(
      (each) => account.sku(each)?.kit && !account.kits.hasComponents(each)
    )
    expect((await request(`${url}?parentSkuId=${own}`)).status).toBe(404)
    expect((await request(`${url}?skuId=${own}`)).status).toBe(404)
    expect((await request(url)).status).toBe(400)
  })

  it.each(['0', '-1', 'abc', '9999999', `0${id}`, '1.5', '%20'])(
    'responds 404 for the SKU %s',
    async (unknown) => {
      expect((await request(`${STOCK}/${unknown}`)).status).toBe(404)
      expect((await request(`${BY_ID}/${unknown}`)).status).toBe(404)
    }
  )

  it('find SKUs by reference, also unusual and changed ones; unknown ones are null or absent', async () => {
    const awkward = [...account.catalog.ids()]
      .filter((each) => kindsOf(account.seed, each).identity === 'awkwardRefId')
      .slice(0, 20)
    account.setRefId(id, 'CHANGED')
    const known = [...awkward.map((each) => account.sku(each)?.refId ?? ''), 'CHANGED']
    const unknown = [`REF-${id}`, 'nobody', 'nothing']
    const refs = [...known, ...unknown]
    const find = (body: string[]) =>
      request(BY_REFS, { method: 'POST', body: JSON.stringify(body) })
    const found: Record<string, string | null> = JSON.parse(await (await find(refs)).text())
    expect(known.map((ref) => found[ref])).toEqual([...awkward.map(String), String(id)])
    expect(new Set(unknown.map((ref) => found[ref]))).toEqual(new Set([null, undefined]))
    expect((await find(['A', 'A'])).status).toBe(500)
  })

  it('return the indexed SKU with its current stock', async () => {
    const sku = () => read<{ IsActive: boolean; AlternateIds: object }>(`${BY_ID}/${id}`)
    account.setFacts(id, { refId: 'BEFORE', active: true })
    account.index.lag = 60_000
    account.setFacts(id, { refId: 'AFTER', active: false })
    account.setBalance(id, '1_1', { total: 4321 })
    expect(await sku()).toMatchObject({ IsActive: true, AlternateIds: { RefId: 'BEFORE' } })
    const { balance } = await read<{ balance: object[] }>(`${STOCK}/${id}`)
    expect(balance[0]).toMatchObject({ warehouseId: '1_1', totalQuantity: 4321 })
    account.index.lag = 0
    expect(await sku()).toMatchObject({ IsActive: false, AlternateIds: { RefId: 'AFTER' } })
  })

  it('return consistent sellers, bindings and offers', async () => {
    const { items, paging } = await read<{ items: object[]; paging: object }>(
      '/api/seller-register/pvt/sellers?from=0&to=100'
    )
    expect(paging).toEqual({ from: 0, to: 100, total: items.length })
    expect(items).toContainEqual(expect.objectContaining({ id: 'closedshop', isActive: false }))

    const bound = await read<Binding[]>(
      '/api/sku-binding/pvt/skuseller/paged/sellerid/nordicshop?page=1&size=100'
    )
    expect(bound.length).toBeGreaterThan(10)
    const binding = bound.find((each) => each.IsActive)
    const sku = await read<Sku>(`${BY_ID}/${binding?.StockKeepingUnitId}`)
    expect(sku.SkuSellers).toContainEqual(expect.objectContaining(binding ?? {}))
    const [offer] = await read<{ sellersOffers: { sellerId: string }[] }[]>(
      `/api/offer-manager/pvt/product/${sku.ProductId}/sku/${binding?.StockKeepingUnitId}`
    )
    expect(offer?.sellersOffers.map((each) => each.sellerId)).toEqual(['1', 'nordicshop'])

    account.removeSku(bound[0]?.StockKeepingUnitId ?? 0)
    expect(
      await read('/api/sku-binding/pvt/skuseller/paged/sellerid/nordicshop?page=1&size=100')
    ).toEqual(bound.slice(1))
  })

  it('return offers in each shape, and new bindings last', async () => {
    const { marketplace } = account
    marketplace.bind('2', id, { active: true, quantity: 6 })
    const path = `/api/offer-manager/pvt/product/${account.sku(id)?.productId}/sku/${id}`
    const offers = async () => {
      const [answer] = await read<Record<string, Record<string, unknown>[]>[]>(path)
      return (answer?.sellersOffers ?? answer?.SellersOffers)?.[1]
    }
    const channels = account.sku(id)?.salesChannels ?? []
    expect(channels).toEqual([1])
    const one = { salesChannelId: '1', availableQuantity: 6, price: 100 }
    expect(await offers()).toMatchObject({ sellerId: '2', salesChannelOffer: [one] })
    marketplace.shape.oneAsObject = true
    expect(await offers()).toMatchObject({ salesChannelOffer: one })
    marketplace.shape.pascalCase = true
    const pascal = { SalesChannelId: '1', AvailableQuantity: 6, Price: 100 }
    expect(await offers()).toMatchObject({ SellerId: '2', OffersPerSalesChannel: pascal })
    marketplace.shape.withoutQuantity = ['2']
    expect((await offers())?.OffersPerSalesChannel).toEqual({ SalesChannelId: '1', Price: 100 })
    const rows = await read<Binding[]>(
      '/api/sku-binding/pvt/skuseller/paged/sellerid/2?page=1&size=100'
    )
    expect(rows.at(-1)?.StockKeepingUnitId).toBe(id)
  })
})
