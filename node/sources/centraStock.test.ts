import type { StockParameters } from '../clients/centra'
import { type CentraPage, type CentraReads, type CentraRow, centraStock } from './centraStock'
import type { Match } from './conflictingRows'
import type { PageSelection } from './source'

const row = (stockItemId: number, more: Partial<CentraRow> = {}): CentraRow => ({
  ...{ stockItemId, sku: 'A', variantSku: '', sizeSku: '', active: true, availableStock: 5 },
  ...more,
})

const ALL: PageSelection = { again: [] }

const matched = (skuId: number): Match => ({ skuId, isActive: true, refId: `R${skuId}` })

const sourceOf = (reads: CentraReads, safetyStock = 0) =>
  centraStock(reads, { sellerId: 'c', timeZone: 'Europe/Stockholm' }, { safetyStock }, () => 7)

/** Reads one page of these rows; SKU ids are the rows' divided by ten, unless told otherwise. */
async function read(
  rows: CentraPage['rows'],
  {
    selection = ALL,
    matches = {},
    safetyStock = 0,
  }: { selection?: PageSelection; matches?: Record<number, Match>; safetyStock?: number } = {}
) {
  const asked: StockParameters[] = []
  const reads: CentraReads = {
    stock: async (parameters) => {
      asked.push(parameters)
      return { rows: asked.length === 1 ? rows : [] }
    },
    match: async (given) =>
      new Map(
        given.map(({ stockItemId }) => [
          stockItemId,
          matches[stockItemId] ?? matched(stockItemId / 10),
        ])
      ),
  }
  const source = sourceOf(reads, safetyStock)
  return { asked, reading: await source.read(selection, undefined, () => false) }
}

const quantities = ({ reading }: Awaited<ReturnType<typeof read>>) =>
  reading.offers.map(({ skuId, quantity }) => [skuId, quantity])

describe('centraStock', () => {
  it('offers the available stock of each matched row, observed before the read', async () => {
    const { reading } = await read([row(10)])
    const offer = {
      skuId: 1,
      rowId: 10,
      sellerId: 'c',
      quantity: 5,
      observedAt: 7,
      refId: 'R1',
      ean: undefined,
    }
    expect(reading).toEqual({
      ...{ offers: [offer], failures: [], unmapped: [], rows: 1, pages: 1, cursor: undefined },
      unexpectedFields: [],
    })
  })

  it('subtracts the safety stock, and never offers less than 0', async () => {
    const rows = [row(10), row(20, { availableStock: 2 }), row(30, { availableStock: -4 })]
    expect(quantities(await read(rows, { safetyStock: 3 }))).toEqual([
      [1, 2],
      [2, 0],
      [3, 0],
    ])
  })

  it('offers 0 for an inactive row or an inactive SKU', async () => {
    const matches = { 20: { skuId: 2, isActive: false } }
    const rows = [row(10, { active: false }), row(20)]
    expect(quantities(await read(rows, { matches }))).toEqual([
      [1, 0],
      [2, 0],
    ])
  })

  it('reports a row without a SKU, or with several, as unmapped with the reason', async () => {
    const unmatched: Match = { unmatched: 'ambiguous', message: 'm' }
    const { reading } = await read([row(10), row(20)], { matches: { 10: unmatched } })
    expect(reading.unmapped).toEqual([
      { rowId: 10, sellerId: 'c', code: 'ambiguous', message: 'm' },
    ])
    expect(reading.offers).toHaveLength(1)
  })

  it('fails a malformed row and one whose SKU cannot be read, and never offers 0 for it', async () => {
    const failed = { code: 'upstream_down', message: 'm' } as const
    const unreadable = { stockItemId: 10, problem: 'products[0].availableStock: expected a number' }
    const { reading } = await read([unreadable, row(20), { problem: 'p' }], {
      matches: { 20: { failed } },
    })
    expect(reading.offers).toEqual([])
    expect(reading.failures).toEqual([
      { rowId: 10, sellerId: 'c', code: 'centra_row', message: `Centra: ${unreadable.problem}` },
      { sellerId: 'c', code: 'centra_row', message: 'Centra: p' },
      { rowId: 20, sellerId: 'c', ...failed },
    ])
  })

  it('offers the last reading of a row that came twice', async () => {
    const rows = [row(10, { availableStock: 1 }), row(20), row(10, { availableStock: 9 })]
    expect(quantities(await read(rows))).toEqual([
      [1, 9],
      [2, 5],
    ])
  })

  it('fails a malformed row only if it is malformed each time that it comes', async () => {
    const bad = (stockItemId: number, index: number) => ({
      stockItemId,
      problem: `products[${index}]`,
    })
    const { reading } = await read([bad(10, 0), bad(20, 1), row(10), bad(20, 3)])
    expect(reading.offers.map(({ skuId }) => skuId)).toEqual([1])
    expect(reading.failures).toMatchObject([{ rowId: 20, message: 'Centra: products[3]' }])
    expect(reading.rows).toBe(2)
  })

  it('reads on despite unexpected values in unused fields, and names each field once', async () => {
    let calls = 0
    const reads: CentraReads = {
      stock: async () => ({
        rows: [row(10 * ++calls)],
        ...(calls < 3 && { next: `?page=${calls}` }),
        unexpected: calls === 2 ? ['weight', 'brand'] : ['weight'],
      }),
      match: async (given) => new Map(given.map(({ stockItemId }) => [stockItemId, matched(1)])),
    }
    const reading = await sourceOf(reads).read(ALL, undefined, () => false)
    expect(reading.unexpectedFields).toEqual(['weight', 'brand'])
  })

  it('offers only SKUs from startId on', async () => {
    const unmatched: Match = { unmatched: 'unmatched', message: 'm' }
    const rows = [row(10), row(20), row(30), row(40)]
    const selection = { startId: 2, again: [] }
    const found = await read(rows, { selection, matches: { 40: unmatched } })
    expect(quantities(found)).toEqual([
      [2, 5],
      [3, 5],
    ])
    expect(found.reading.unmapped).toEqual([])
  })
})

describe('centraStock, for one row by its id,', () => {
  async function rowRead(page: CentraPage) {
    const reads: CentraReads = {
      stock: async () => page,
      match: async (rows) => new Map(rows.map(({ stockItemId }) => [stockItemId, matched(1)])),
    }
    return sourceOf(reads).row(10)
  }

  it('offers the row', async () => {
    const { offers, failures } = await rowRead({ rows: [row(10)] })
    expect([offers, failures]).toEqual([[expect.objectContaining({ skuId: 1, rowId: 10 })], []])
  })

  it('returns nothing if the row does not exist', async () => {
    const { offers, failures, identity } = await rowRead({ rows: [] })
    expect([offers, failures, identity]).toEqual([[], [], undefined])
  })

  it.each<[string, CentraPage, RegExp]>([
    ['cannot be read', { rows: [{ stockItemId: 10, problem: 'odd' }] }, /odd/],
    ['comes without its id', { rows: [{ problem: 'odd' }] }, /odd/],
    ['is another one', { rows: [row(20)] }, /asked for the row 10/],
    ['may be on a next page', { rows: [], next: '?page=2' }, /asked for the row 10/],
  ])('fails a row that %s, since it may still exist', async (_, page, message) => {
    expect((await rowRead(page)).failures).toEqual([
      { rowId: 10, sellerId: 'c', code: 'centra_row', message: expect.stringMatching(message) },
    ])
  })
})

describe('centraStock', () => {
  const shared = { exclude: 'physicalStock', limit: 500 }

  it('requests all stock, in pages of a limited size', async () => {
    expect((await read([])).asked).toEqual([shared])
  })

  it("requests changed rows in the company's time zone with an overlap, then each row to be read again", async () => {
    const since = Date.UTC(2026, 10, 22, 12)
    const again = [
      { rowId: 4, attempts: 1 },
      { rowId: 9, attempts: 2 },
    ]
    expect((await read([], { selection: { since, again } })).asked).toEqual([
      { ...shared, stock_modified: '2026-11-22 12:50:00' },
      { ...shared, modified: '2026-11-22 12:50:00' },
      { ...shared, stockItemId: 4 },
      { ...shared, stockItemId: 9 },
    ])
  })
})
