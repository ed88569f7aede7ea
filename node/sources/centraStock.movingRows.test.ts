import fc from 'fast-check'
import type { StockParameters } from '../clients/centra'
import { UpstreamError } from '../common/upstreamError'
import { type CentraPage, readCentraPages } from './centraStock'
import type { PageCursor } from './source'

/** Something happens to a Centra: to the row at a place, counted round. */
interface Event {
  kind: 'leaves' | 'comes' | 'isLast' | 'isFirst' | 'changes'
  place: number
}

/** What happens before each call, from the second on. */
type History = readonly (readonly Event[])[]

const PAGE = 5

/** A Centra whose rows come and go, and change and move, while it is read. */
class Moving {
  rows: Array<{ id: number; version: number }>
  calls = 0
  private last: number

  constructor(
    count: number,
    private history: History
  ) {
    this.rows = Array.from({ length: count }, (_, index) => ({ id: index + 1, version: 0 }))
    this.last = count
  }

  /** Nothing happens any more. */
  calm() {
    this.history = []
  }

  stock = async (_: StockParameters, page?: string): Promise<CentraPage> => {
    for (const event of this.history[this.calls - 1] ?? []) this.happen(event)
    this.calls++
    const number = Number(page?.split('=')[1] ?? 1)
    const end = number * PAGE
    const rows = this.rows.slice(end - PAGE, end)
    return {
      rows: rows.map(({ id, version }) => ({ stockItemId: id, problem: `${version}` })),
      ...(end < this.rows.length && { next: `?page=${number + 1}` }),
    }
  }

  private happen({ kind, place }: Event) {
    const at = place % Math.max(1, this.rows.length)
    if (kind === 'comes') {
      this.rows.splice(at, 0, { id: ++this.last, version: 0 })
      return
    }
    const [row] = this.rows.splice(at, 1)
    if (!row || kind === 'leaves') return
    const to = { isLast: this.rows.length, isFirst: 0, changes: at }[kind]
    this.rows.splice(to, 0, { ...row, version: row.version + 1 })
  }
}

/** Reads all there is, some rows at a time; the latest version of each row that was met. */
async function readAll(moving: Moving, most: number) {
  const met = new Map<number, string>()
  let cursor: PageCursor | undefined
  do {
    const read = await readCentraPages(
      [{}],
      moving.stock,
      () => 7,
      cursor,
      (rows) => rows >= most
    )
    for (const entry of read.entries) {
      if ('problem' in entry) met.set(entry.stockItemId ?? 0, entry.problem)
    }
    cursor = read.cursor
  } while (cursor)
  return met
}

const world = (...kinds: Array<Event['kind']>) =>
  fc.record({
    count: fc.nat(40),
    most: fc.nat(30),
    history: fc.array(
      fc.array(fc.record({ kind: fc.constantFrom(...kinds), place: fc.nat(60) }), { maxLength: 2 }),
      { maxLength: 40 }
    ),
  })

const RUNS = { numRuns: 1_000 }

describe('readCentraPages while rows move', () => {
  it('reads every row in one reading if none moves to an earlier page', async () => {
    await fc.assert(
      fc.asyncProperty(world('comes', 'changes'), async ({ count, most, history }) => {
        const moving = new Moving(count, history)
        const met = await readAll(moving, most)
        for (let id = 1; id <= count; id++) expect(met.has(id)).toBe(true)
      }),
      RUNS
    )
  })

  it('misses a row that moves to a page read before, and finds it in the next reading', async () => {
    const moving = new Moving(3 * PAGE, [[{ kind: 'leaves', place: 0 }]])
    expect((await readAll(moving, 1)).has(PAGE + 1)).toBe(false)
    expect((await readAll(moving, 1)).has(PAGE + 1)).toBe(true)
  })

  it('ends whatever rows do, and the next reading is complete', async () => {
    const any = world('leaves', 'comes', 'isLast', 'isFirst', 'changes')
    await fc.assert(
      fc.asyncProperty(any, async ({ count, most, history }) => {
        const moving = new Moving(count, history)
        await readAll(moving, most).catch((thrown: unknown) => {
          if (!(thrown instanceof UpstreamError)) throw thrown
        })
        expect(moving.calls).toBeLessThan(40)
        moving.calm()
        const now = new Map(moving.rows.map(({ id, version }) => [id, `${version}`]))
        expect(await readAll(moving, most)).toEqual(now)
      }),
      RUNS
    )
  })
})
