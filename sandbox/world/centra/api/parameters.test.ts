import { CentraTestServer } from './test-server'

const CHANGED = Date.UTC(2026, 5, 1, 10)

let centra: CentraTestServer

beforeEach(async () => {
  centra = await CentraTestServer.start()
})
afterEach(() => centra.stop())

const rows = () => [...centra.company.rows()]
const ids = (wanted: (row: ReturnType<typeof rows>[number]) => boolean) =>
  rows()
    .filter(wanted)
    .map(({ stockItemId }) => stockItemId)

describe('GET /stock', () => {
  it('without parameters returns all rows and no links', async () => {
    const response = await centra.get()
    expect(response.status).toBe('ok')
    expect(response.products.map(({ stockItemId }) => stockItemId)).toEqual(ids(() => true))
    expect(response.products).toHaveLength(50)
    expect(Object.keys(response)).toEqual(['status', 'products'])
  })

  it('returns an empty list if no row matches', async () => {
    expect(await centra.get({ ean: '123' })).toEqual({ status: 'ok', products: [] })
  })

  it('sku: returns the rows of its products', async () => {
    const sku = rows()[0]?.sku ?? ''
    expect(await centra.ids({ sku })).toEqual(ids((row) => row.sku === sku))
    expect(await centra.ids({ sku })).toHaveLength(6)
    expect(await centra.ids({ sku: sku.toLowerCase() })).toEqual([])
  })

  it('ean: returns its row', async () => {
    const { ean, stockItemId } = rows()[3] ?? {}
    expect(await centra.ids({ ean: String(ean) })).toEqual([stockItemId])
  })

  it('upc: returns its row', async () => {
    const { upc, stockItemId } = rows()[2] ?? {}
    expect(await centra.ids({ upc: String(upc) })).toEqual([stockItemId])
  })

  it('productId: returns the rows of the product', async () => {
    const productId = rows()[8]?.productId
    const found = await centra.ids({ productId: String(productId) })
    expect(found).toEqual(ids((row) => row.productId === productId))
    expect(found).toHaveLength(6)
  })

  it('variantId: returns the rows of the variant', async () => {
    const variantId = rows()[8]?.variantId
    const found = await centra.ids({ variantId: String(variantId) })
    expect(found).toEqual(ids((row) => row.variantId === variantId))
    expect(found).toHaveLength(3)
  })

  it('stockItemId: returns the row', async () => {
    const id = Number(rows()[12]?.stockItemId)
    expect(await centra.ids({ stockItemId: String(id) })).toEqual([id])
    const unused = [1, 2, 3].map((more) => id + more).find((each) => !centra.company.row(each))
    expect(await centra.ids({ stockItemId: String(unused) })).toEqual([])
  })

  it.each([
    ['modified', (id: number) => centra.company.setFacts(id, { active: true }, CHANGED)],
    ['stock_modified', (id: number) => centra.company.restock(id, 1, CHANGED)],
  ])('%s: returns only rows changed after a date', async (name, change) => {
    const id = rows()[5]?.stockItemId ?? 0
    expect(await centra.ids({ [name]: '2026-05-31' })).toEqual([])
    change(id)
    expect(await centra.ids({ [name]: '2026-05-31' })).toEqual([id])
    expect(await centra.ids({ [name]: '2026-06-01 11:59:59' })).toEqual([id])
    expect(await centra.ids({ [name]: '2026-06-01 12:00:00' })).toEqual([])
    const other = name === 'modified' ? 'stock_modified' : 'modified'
    expect(await centra.ids({ [other]: '2026-05-31' })).toEqual([])
  })

  it.each([
    ['created', 'created', '2022-01-01'],
    ['modified', 'modified', '2023-07-01'],
    ['stock_modified', 'stockModified', '2024-07-01'],
  ] as const)('%s selects seeded rows after a date', async (name, field, date) => {
    const since = Date.parse(date)
    const found = await centra.ids({ [name]: date })
    expect(found).toEqual(ids((row) => row[field] > since))
    expect(found.length).toBeGreaterThan(5)
    expect(found.length).toBeLessThan(45)
  })

  it('created: returns an added row', async () => {
    const { stockItemId } = centra.company.addRow({ sku: 'NEW' }, CHANGED)
    expect(await centra.ids({ created: '2026-06-01 11:59:59' })).toEqual([stockItemId])
    expect(await centra.ids({ created: '2026-06-01 12:00:00' })).toEqual([])
  })

  it('limit: returns pages that contain each row once', async () => {
    const pages = await centra.pages({ limit: '7' })
    expect(pages.map((page) => page.length)).toEqual([7, 7, 7, 7, 7, 7, 7, 1])
    expect(pages.flat()).toEqual(ids(() => true))
    const response = await centra.get({ limit: '2', page: '2' })
    expect([response.previous, response.next]).toEqual(['?limit=2&page=1', '?limit=2&page=3'])
  })

  it('limit: returns no links for a single page, and no `next` on the last page', async () => {
    expect(Object.keys(await centra.get({ limit: '50' }))).toEqual(['status', 'products'])
    expect(await centra.get({ limit: '25', page: '2' })).not.toHaveProperty('next')
    expect(await centra.get({ limit: '25', page: '3' })).toEqual({
      status: 'ok',
      products: [],
      previous: '?limit=25&page=2',
    })
  })

  it('include=attributes: returns the attributes of product and variant', async () => {
    const [product] = (await centra.get({ include: 'attributes', limit: '1' })).products
    expect(product?.attributes).toMatchObject({
      product: { season: 'SS24' },
      variant: { colour: product?.variant },
    })
    expect((await centra.get({ limit: '1' })).products[0]).not.toHaveProperty('attributes')
  })

  it('exclude=physicalStock: returns all other fields', async () => {
    const [whole] = (await centra.get({ limit: '1' })).products
    const { physicalStock, ...others } = whole ?? {}
    expect(physicalStock).toEqual(expect.any(Number))
    expect((await centra.get({ limit: '1', exclude: 'physicalStock' })).products).toEqual([others])
  })

  it.each(['xml', 'xml=1', 'xml=true', 'xml=0', 'xml=false', 'limit=1'])(
    'xml returns XML if requested: %s',
    async (query) => {
      const response = await centra.fetch(`?limit=1&${query}`)
      const asked = ['xml', 'xml=1', 'xml=true'].includes(query)
      expect(response.headers.get('content-type')).toMatch(asked ? /^application\/xml/ : /json$/)
      expect((await response.text()).startsWith(asked ? '<?xml version="1.0"' : '{"status"')).toBe(
        true
      )
    }
  )

  it('combines parameters: a row must match all', async () => {
    const [first] = rows()
    const { productId, variantId, sku } = first ?? {}
    const query = { productId: String(productId), sku: String(sku), stock_modified: '2024-07-01' }
    const since = Date.parse('2024-07-01')
    expect(await centra.ids({ ...query, variantId: String(variantId) })).toEqual(
      ids((row) => row.variantId === variantId && row.stockModified > since)
    )
    expect(await centra.ids({ ...query, ean: 'none' })).toEqual([])
  })

  it('ignores unknown and empty parameters', async () => {
    expect(await centra.ids('?colour=red&sku=&ean=&modified=')).toHaveLength(50)
  })

  it.each([
    ['modified', '2026-06-01T12:00:00'],
    ['modified', '2026-06-01 12:00:00+02:00'],
    ['stock_modified', '2026-06-01 12:00:00Z'],
    ['stock_modified', '2026-06-01 12:00'],
    ['stock_modified', '2026-02-30'],
    ['stock_modified', '2026-06-01 24:00:00'],
    ['created', '1780000000'],
    ['created', '01.06.2026'],
    ['limit', '0'],
    ['limit', 'ten'],
    ['page', '-1'],
    ['productId', 'A'],
    ['variantId', '1.5'],
    ['stockItemId', '0x10'],
  ])('%s=%s: returns status `no` with 200', async (name, value) => {
    const response = await centra.fetch(`?${new URLSearchParams({ [name]: value })}`)
    expect(response.status).toBe(200)
    expect(JSON.parse(await response.text())).toEqual({
      status: 'no',
      msg: expect.stringMatching(new RegExp(`^${name}: expected `)),
    })
  })
})
