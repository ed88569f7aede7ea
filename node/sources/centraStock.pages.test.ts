import fc from 'fast-check'
import type { StockParameters } from '../clients/centra'
import { UpstreamError } from '../common/upstreamError'
import { type CentraPage, type PagesRead, type ReadPage, readCentraPages } from './centraStock'
import type { PageCursor } from './source'

const row = (stockItemId: number): CentraPage['rows'][number] => ({ stockItemId, problem: '' })

const number = (page: string | undefined) => Number(page?.split('=')[1] ?? 1)

/** A Centra whose rows are told a few at a time; the next page after the last is none. */
class Told {
  asked: string[] = []
  rows: number[]

  constructor(
    count: number,
    readonly size: number
  ) {
    this.rows = Array.from({ length: count }, (_, index) => index + 1)
  }

  stock = async ({ stockItemId }: StockParameters, page?: string): Promise<CentraPage> => {
    this.asked.push(stockItemId === undefined ? `page ${number(page)}` : `row ${stockItemId}`)
    if (stockItemId !== undefined) return { rows: [row(stockItemId)] }
    const end = number(page) * this.size
    const rows = this.rows.slice(end - this.size, end).map(row)
    return { rows, ...(end < this.rows.length && { next: `?page=${number(page) + 1}` }) }
  }
}

const ids = ({ entries }: PagesRead) => entries.map(({ stockItemId }) => stockItemId)

const now = () => 7

const toTheEnd = (queries: StockParameters[], stock: ReadPage, cursor?: PageCursor) =>
  readCentraPages(queries, stock, now, cursor, () => false)

async function all(queries: StockParameters[], stock: ReadPage, most: number) {
  const batches: PagesRead[] = []
  let cursor: PageCursor | undefined
  do {
    const batch = await readCentraPages(queries, stock, now, cursor, (rows) => rows >= most)
    batches.push(batch)
    cursor = batch.cursor
  } while (cursor)
  return batches
}

describe('readCentraPages', () => {
  it('reads all pages and returns each row once, in any number of batches', async () => {
    const world = fc.record({
      count: fc.nat(30),
      size: fc.integer({ min: 1, max: 7 }),
      most: fc.nat(20),
    })
    await fc.assert(
      fc.asyncProperty(world, async ({ count, size, most }) => {
        const told = new Told(count, size)
        const batches = await all([{}], told.stock, most)
        expect(batches.flatMap(ids)).toEqual(told.rows)
        const pages = batches.reduce((sum, batch) => sum + batch.pages, 0)
        expect(pages).toBe(Math.max(1, Math.ceil(count / size)))
        for (const batch of batches) expect(batch.pages).toBeGreaterThan(0)
      })
    )
  })

  it('reads all pages in one batch if nothing limits it', async () => {
    const told = new Told(9, 2)
    const [batch] = await all([{}], told.stock, 1_000)
    expect(batch).toMatchObject({ pages: 5, cursor: undefined })
    expect(told.asked).toEqual([1, 2, 3, 4, 5].map((page) => `page ${page}`))
    expect(batch?.entries[0]?.observedAt).toBe(7)
  })

  it('continues with the next query, also in the next batch', async () => {
    for (const most of [1, 2, 100]) {
      const told = new Told(3, 2)
      const queries = [{}, { stockItemId: 70 }, { stockItemId: 80 }]
      const batches = await all(queries, told.stock, most)
      expect(batches.flatMap(ids)).toEqual([1, 2, 3, 70, 80])
      expect(told.asked).toEqual(['page 1', 'page 2', 'row 70', 'row 80'])
    }
  })

  it('ends on pages that form a cycle, of any length and batch size', async () => {
    const circle = fc.record({
      tail: fc.nat(5),
      length: fc.integer({ min: 1, max: 12 }),
      most: fc.nat(8),
    })
    await fc.assert(
      fc.asyncProperty(circle, async ({ tail, length, most }) => {
        let asked = 0
        const stock = async (_: StockParameters, page?: string): Promise<CentraPage> => {
          if (++asked > 400) throw new Error('it goes round and round')
          const at = number(page)
          const next = at + 1 > tail + length ? tail + 1 : at + 1
          // Rows of their own each time: that the same page comes again has to be enough.
          return { rows: [row(asked)], next: `?page=${next}` }
        }
        await expect(all([{}], stock, most)).rejects.toMatchObject({
          kind: 'malformed',
        })
      })
    )
  })

  /** Reads a Centra in which each page leads on to one of a new name; how many calls that took. */
  async function endless(rowsOf: (page: number) => CentraPage['rows'], most: number) {
    let asked = 0
    const stock = async (_: StockParameters, page?: string): Promise<CentraPage> => {
      if (++asked > 5_000) throw new Error('it goes on for ever')
      return { rows: rowsOf(number(page)), next: `?page=${number(page) + 1}` }
    }
    await expect(all([{}], stock, most)).rejects.toMatchObject({
      kind: 'malformed',
    })
    return asked
  }

  it.each<[string, (page: number) => CentraPage['rows']]>([
    ['are all the same', () => [row(1), row(2)]],
    [
      'have the same rows in another order',
      (page) => (page % 2 ? [row(1), row(2)] : [row(2), row(1)]),
    ],
    ['have some of the same rows', (page) => [row(page % 7), row((page * 3) % 7), row(page % 5)]],
    ['are empty', () => []],
    ['are empty after the first', (page) => (page === 1 ? [row(1)] : [])],
    ['have rows without ids', () => [{ problem: 'odd' }]],
  ])('ends on endless pages that %s, whatever the batch size', async (_, rowsOf) => {
    for (const most of [1, 3, 1_000]) expect(await endless(rowsOf, most)).toBeLessThan(1_000)
  })

  it('ends on endless pages that repeat any number of rows', async () => {
    const circle = fc.record({
      tail: fc.nat(5),
      length: fc.integer({ min: 1, max: 40 }),
      most: fc.nat(8),
    })
    await fc.assert(
      fc.asyncProperty(circle, async ({ tail, length, most }) => {
        const rowsOf = (page: number) =>
          page <= tail ? [row(page)] : [row(100 + ((page - tail) % length)), row(200 + length)]
        expect(await endless(rowsOf, most)).toBeLessThan(20 * (tail + length + 20))
      })
    )
  })

  it('ends on endless pages of new rows after 50,000 pages', async () => {
    let asked = 0
    const stock = async (_: StockParameters, page?: string): Promise<CentraPage> => {
      asked++
      const at = number(page)
      return { rows: [row(at)], next: `?page=${at + 1}` }
    }
    await expect(all([{}], stock, 1_000)).rejects.toMatchObject({
      kind: 'malformed',
    })
    expect(asked).toBe(50_001)
  })

  it('reads on past up to 99 pages without rows', async () => {
    const stock = async (_: StockParameters, page?: string): Promise<CentraPage> => {
      const at = number(page)
      return { rows: at % 80 < 2 ? [row(at)] : [], ...(at < 241 && { next: `?page=${at + 1}` }) }
    }
    for (const most of [1, 1_000]) {
      const batches = await all([{}, {}], stock, most)
      expect(batches.flatMap(ids)).toHaveLength(2 * 7)
    }
  })

  it('keeps the pages before an error, and rejects if there are none', async () => {
    const told = new Told(8, 2)
    const down = new UpstreamError('Centra', 'circuitOpen', 'down')
    const stock = async (parameters: StockParameters, page?: string) => {
      if (number(page) === 3) throw down
      return told.stock(parameters, page)
    }
    const batch = await toTheEnd([{}], stock)
    expect(ids(batch)).toEqual([1, 2, 3, 4])
    await expect(toTheEnd([{}], stock, batch.cursor)).rejects.toBe(down)
    expect(ids(await toTheEnd([{}], told.stock, batch.cursor))).toEqual([5, 6, 7, 8])
  })

  it('rejects if the first page fails', async () => {
    const stock = () => Promise.reject(new TypeError('a bug'))
    await expect(toTheEnd([{}], stock)).rejects.toThrow('a bug')
  })

  it.each(['refused', 'missing', 'malformed', 'down', 'overloaded'] as const)(
    'reports a row requested by its id as unreadable if the response is %s, and reads the other rows',
    async (errorKind) => {
      const told = new Told(1, 2)
      const stock = async (parameters: StockParameters, page?: string) => {
        if (parameters.stockItemId !== 8) return told.stock(parameters, page)
        throw new UpstreamError('Centra', errorKind, 'status 403')
      }
      const queries = [{}, { stockItemId: 8 }, { stockItemId: 9 }]
      const { entries, cursor } = await toTheEnd(queries, stock)
      expect(cursor).toBeUndefined()
      expect(entries.map(({ observedAt: _, ...entry }) => entry)).toEqual([
        row(1),
        { stockItemId: 8, problem: 'asked for the row 8: status 403' },
        row(9),
      ])
    }
  )

  it("rejects a row requested by its id while Centra's circuit is open", async () => {
    const stock = () => Promise.reject(new UpstreamError('Centra', 'circuitOpen', 'down'))
    const reading = toTheEnd([{ stockItemId: 8 }], stock)
    await expect(reading).rejects.toMatchObject({ kind: 'circuitOpen' })
  })
})
