import type { StockParameters } from '../../node/clients/centra'
import { isUnreadable, type StockRow } from '../../node/clients/centraStockPage'
import { CentraTestServer } from '../../sandbox/world/centra/api/test-server'
import { availableOf, type Row } from '../../sandbox/world/centra/row'
import { clientOf, failure } from './scriptedServer'

/** Centra's document of `GET /stock`, row by row: the app's client over HTTP, and a Centra that answers. */
const SECOND_OF_JUNE = Date.UTC(2026, 5, 2, 10)

let served: CentraTestServer

beforeAll(async () => {
  served = await CentraTestServer.start()
})
afterAll(() => served.stop())

const { centra } = clientOf()
const ask = (parameters: StockParameters = {}, page?: string) =>
  centra.stock({ ...served.access, auth: 'api-authorization' }, parameters, page)

async function read(parameters: StockParameters = {}, page?: string): Promise<StockRow[]> {
  const { rows } = await ask(parameters, page)
  return rows.map((row) => {
    if (isUnreadable(row)) throw new Error(row.problem)
    return row
  })
}

const all = () => [...served.company.rows()]
const ids = (rows: ReadonlyArray<{ stockItemId: number }>) =>
  rows.map(({ stockItemId }) => stockItemId)
const some = (index: number) => all()[index] as Row

describe('Centra.stock parameter', () => {
  const selects = async (parameters: StockParameters, wanted: (row: Row) => boolean) => {
    const expected = ids(all().filter(wanted))
    expect(expected.length).toBeGreaterThan(0)
    expect(expected.length).toBeLessThan(all().length)
    expect(ids(await read(parameters))).toEqual(expected)
    // An answer in XML says the same.
    expect(ids(await read({ ...parameters, xml: true }))).toEqual(expected)
  }

  test('sku filters rows', () => selects({ sku: some(8).sku }, ({ sku }) => sku === some(8).sku))

  test('modified selects rows changed since a date or time', async () => {
    const { stockItemId } = served.company.setFacts(some(5).stockItemId, {}, SECOND_OF_JUNE)
    await selects({ modified: '2026-06-02' }, (row) => row.stockItemId === stockItemId)
    await selects({ modified: '2026-06-02 11:59:59' }, (row) => row.stockItemId === stockItemId)
    expect(await read({ modified: '2026-06-03' })).toEqual([])
  })

  test('stock_modified selects rows whose stock changed since a date or time', async () => {
    const { stockItemId } = served.company.restock(some(6).stockItemId, 1, SECOND_OF_JUNE)
    const isIt = (row: Row) => row.stockItemId === stockItemId
    await selects({ stock_modified: '2026-06-02' }, isIt)
    await selects({ stock_modified: '2026-06-02 11:59:59' }, isIt)
    expect(await read({ stock_modified: '2026-06-03' })).toEqual([])
  })

  test('created selects rows created since a date', async () => {
    const { stockItemId } = served.company.addRow({ sku: 'NEW' }, SECOND_OF_JUNE)
    await selects({ created: '2026-06-02' }, (row) => row.stockItemId === stockItemId)
    expect(await read({ created: '2026-06-03' })).toEqual([])
  })

  test('ean selects the row with that EAN', () => {
    const { ean } = all().find((row) => row.ean) as Row
    return selects({ ean: String(ean) }, (row) => row.ean === ean)
  })

  test('productId selects the rows of a product', () =>
    selects({ productId: some(8).productId }, (row) => row.productId === some(8).productId))

  test('variantId selects the rows of a variant', () =>
    selects({ variantId: some(8).variantId }, (row) => row.variantId === some(8).variantId))

  test('stockItemId selects one row', () =>
    selects({ stockItemId: some(8).stockItemId }, (row) => row.stockItemId === some(8).stockItemId))

  test('limit sets the page size', async () => {
    const { rows, next } = await ask({ limit: 7 })
    expect(ids(rows as StockRow[])).toEqual(ids(all().slice(0, 7)))
    expect(next).toBeDefined()
  })

  test('include adds attributes', async () => {
    const [row] = await read({ include: 'attributes', limit: 1 })
    expect(row?.attributes).toEqual(expect.objectContaining({ product: expect.any(Object) }))
    expect((await read({ limit: 1 }))[0]).not.toHaveProperty('attributes')
  })

  test('exclude omits a field', async () => {
    const [row] = await read({ exclude: 'physicalStock', limit: 1 })
    expect(row?.physicalStock).toBeUndefined()
    expect(row?.availableStock).toBe(availableOf(some(0)))
  })

  test('xml returns the same rows as JSON', async () => {
    const plain = (rows: StockRow[]) =>
      rows.map(({ weight, availableStock, active, ean, sizeSku }) => ({
        ...{ weight, availableStock, active, ean, sizeSku },
      }))
    expect(plain(await read({ xml: true }))).toEqual(plain(await read()))
  })

  test("rejects an invalid date with Centra's message", async () => {
    const { kind, message } = await failure(ask({ modified: '2026-06-02T10:00:00+02:00' }))
    expect(kind).toBe('malformed')
    expect(message).toMatch(/^Centra: .*modified/)
  })
})

describe('Centra.stock response', () => {
  test('rejects if status is not ok', async () => {
    served.company.behaviour.fails = true
    expect((await failure(ask())).kind).toBe('malformed')
    served.company.behaviour.fails = false
    expect((await ask()).rows.length).toBeGreaterThan(0)
  })

  test('contains all products of the query', async () => {
    expect(ids(await read())).toEqual(ids(all()))
    expect(await read({ sku: 'nobody has it' })).toEqual([])
  })

  test.each<[keyof StockRow, (row: Row) => unknown]>([
    ['sku', ({ sku }) => sku],
    ['product', ({ product }) => product],
    ['productId', ({ productId }) => productId],
    ['variantSku', ({ variantSku }) => variantSku],
    ['variantId', ({ variantId }) => variantId],
    ['sizeSku', ({ sizeSku }) => sizeSku ?? ''],
    ['stockItemId', ({ stockItemId }) => stockItemId],
    ['ean', ({ ean }) => ean || undefined],
    ['weight', ({ weight }) => Number(weight)],
    ['weightUnit', ({ weightUnit }) => weightUnit],
    ['size', ({ size }) => size],
    ['active', ({ active }) => active],
    ['countryOfOrigin', ({ countryOfOrigin }) => countryOfOrigin || undefined],
    ['physicalStock', ({ physical }) => physical],
    ['allocatedStock', ({ allocated }) => allocated],
    ['availableStock', availableOf],
  ])('contains %s of each row, in JSON and XML', async (field, own) => {
    const expected = all().map(own)
    for (const xml of [false, true]) {
      expect((await read({ xml })).map((row) => row[field])).toEqual(expected)
    }
  })

  test('links to the previous page', async () => {
    const { next } = await ask({ limit: 7 })
    const { previous } = await ask({ limit: 7 }, next)
    expect(ids(await read({ limit: 7 }, previous))).toEqual(ids(all().slice(0, 7)))
    expect((await ask()).previous).toBeUndefined()
  })

  test.each(['dropped', 'kept'] as const)(
    'links to the next page, with the other filters %s',
    async (nextFilters) => {
      served.company.behaviour.nextFilters = nextFilters
      const { sku } = some(8)
      const found: number[] = []
      for (let page: string | undefined = ''; page !== undefined; ) {
        const { rows, next } = await ask({ sku, limit: 2 }, page || undefined)
        found.push(...ids(rows as StockRow[]))
        page = next
      }
      expect(found).toEqual(ids(all().filter((row) => row.sku === sku)))
      expect((await ask()).next).toBeUndefined()
    }
  )
})
