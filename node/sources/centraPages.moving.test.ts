import fc from 'fast-check'

import type { StockParameters } from '../clients/centra'
import { UpstreamError } from '../clients/upstreamError'
import { type CentraPage, CentraPages } from './centraPages'
import type { PageCursor } from './source'

/** Something happens to a Centra: to the row at a place, counted round. */
interface Event {
  kind: 'vanishes' | 'comes' | 'isLast' | 'isFirst' | 'changes'
  place: number
}

/** What happens before each call, from the second on. */
type History = readonly (readonly Event[])[]

const sized = (size: number) => Math.max(1, size)

/** A Centra whose rows come and go, and change and move, while it is read. */
class Moving {
  rows: Array<{ id: number; version: number }>
  /** The rows that were there all the time, and never changed. */
  readonly lasting: Set<number>
  /** Each call: which page it asked for, and all rows as they were then. */
  readonly calls: Array<{ page: number; rows: number[] }> = []
  private last: number

  constructor(
    count: number,
    private readonly size: number,
    private readonly history: History
  ) {
    this.rows = Array.from({ length: count }, (_, index) => ({ id: index + 1, version: 0 }))
    this.lasting = new Set(this.rows.map(({ id }) => id))
    this.last = count
  }

  stock = async (_: StockParameters, page?: string): Promise<CentraPage> => {
    for (const event of this.history[this.calls.length - 1] ?? []) this.happen(event)
    const number = Number(page?.split('=')[1] ?? 1)
    this.calls.push({ page: number, rows: this.rows.map(({ id }) => id) })
    const end = number * this.size
    const rows = this.rows.slice(end - this.size, end)
    return {
      rows: rows.map(({ id, version }) => ({ stockItemId: id, problem: `${version}` })),
      ...(end < this.rows.length && { next: `?page=${number + 1}` }),
    }
  }

  private happen({ kind, place }: Event) {
    const at = place % sized(this.rows.length)
    if (kind === 'comes') {
      this.rows.splice(at, 0, { id: ++this.last, version: 0 })
      return
    }
    const [row] = this.rows.splice(at, 1)
    if (!row) return
    this.lasting.delete(row.id)
    if (kind === 'vanishes') return
    const changed = { ...row, version: row.version + 1 }
    const to = { isLast: this.rows.length, isFirst: 0, changes: at }[kind]
    this.rows.splice(to, 0, changed)
  }

  /** Whether a page, while the one after it was read, was not what the looks at it before and after showed. */
  get deceived(): boolean {
    return this.calls.some(({ page, rows }, index) => {
      const held = (all: readonly number[]) =>
        all.slice((page - 2) * this.size, (page - 1) * this.size).join()
      const looks = (calls: typeof this.calls) => calls.filter((call) => call.page === page - 1)
      const before = looks(this.calls.slice(0, index)).pop()
      const [after] = looks(this.calls.slice(index + 1))
      if (!before || !after) return false
      return held(before.rows) === held(after.rows) && held(before.rows) !== held(rows)
    })
  }
}

/** Reads all there is, in slices; what it told, and whether it said that rows may be missing. */
async function readAll(moving: Moving, most: number) {
  const pages = new CentraPages([{}], moving.stock, () => 7)
  const told = new Set<number>()
  let isTorn = false
  let cursor: PageCursor | undefined
  try {
    do {
      const slice = await pages.read(cursor, (rows) => rows >= most)
      for (const { entry } of slice.entries) told.add(entry.stockItemId ?? 0)
      isTorn = isTorn || slice.isTorn
      cursor = slice.cursor
    } while (cursor)
  } catch (thrown) {
    if (!(thrown instanceof UpstreamError)) throw thrown
    isTorn = true
  }
  return { missing: [...moving.lasting].filter((id) => !told.has(id)), isTorn }
}

/** A Centra where such things happen, at most two of them between two calls: fewer than fill a page. */
const world = (...kinds: Array<Event['kind']>) =>
  fc.record({
    count: fc.nat(40),
    size: fc.integer({ min: 5, max: 8 }),
    most: fc.nat(30),
    history: fc.array(
      fc.array(fc.record({ kind: fc.constantFrom(...kinds), place: fc.nat(60) }), { maxLength: 2 }),
      { maxLength: 40 }
    ),
  })

const read = async ({
  count,
  size,
  most,
  history,
}: {
  count: number
  size: number
  most: number
  history: History
}) => {
  const moving = new Moving(count, size, history)
  return { moving, ...(await readAll(moving, most)) }
}

const RUNS = { numRuns: 1_000 }

describe('rows that stay as they are, while others', () => {
  it.each<[string, Array<Event['kind']>]>([
    ['vanish', ['vanishes']],
    ['come', ['comes']],
    ['change', ['changes']],
    ['go to the end as they change, or vanish', ['isLast', 'vanishes', 'changes']],
    ['go to the beginning as they change, or come', ['isFirst', 'comes', 'changes']],
  ])('%s, are each told, or it is said that some may not be', async (_, kinds) => {
    await fc.assert(
      fc.asyncProperty(world(...kinds), async (given) => {
        const { missing, isTorn } = await read(given)
        if (!isTorn) expect(missing).toEqual([])
      }),
      RUNS
    )
  })

  it('come and go and change are told too, but where a page looked the same before and after, and not meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        world('vanishes', 'comes', 'isLast', 'isFirst', 'changes'),
        async (given) => {
          const { moving, missing, isTorn } = await read(given)
          if (!isTorn && !moving.deceived) expect(missing).toEqual([])
        }
      ),
      RUNS
    )
  })

  it('move now and then, are each told, and nothing is said', async () => {
    const rarely = fc.record({
      count: fc.integer({ min: 12, max: 40 }),
      size: fc.integer({ min: 5, max: 8 }),
      most: fc.nat(30),
      pause: fc.integer({ min: 4, max: 9 }),
      events: fc.array(
        fc.record({
          kind: fc.constantFrom<Event['kind']>('vanishes', 'comes', 'isLast', 'changes'),
          place: fc.nat(60),
        }),
        { maxLength: 4 }
      ),
    })
    await fc.assert(
      fc.asyncProperty(rarely, async ({ pause, events, ...given }) => {
        const quiet: History = Array(pause).fill([])
        const history = events.flatMap((event) => [...quiet, [event]])
        const { missing, isTorn } = await read({ ...given, history })
        expect([missing, isTorn]).toEqual([[], false])
      }),
      RUNS
    )
  })
})

describe('it is said that rows may be missing', () => {
  const vanish = (count: number): Event[] => Array(count).fill({ kind: 'vanishes', place: 0 })

  it('where more of them vanished than a page holds', async () => {
    const { isTorn } = await read({ count: 12, size: 3, most: 99, history: [vanish(4)] })
    expect(isTorn).toBe(true)
  })

  it('where that happened between two slices', async () => {
    const { isTorn } = await read({ count: 12, size: 3, most: 1, history: [vanish(4)] })
    expect(isTorn).toBe(true)
  })

  it('where no two looks agree, after some of them', async () => {
    const restless: History = Array(99).fill([
      ...vanish(2),
      ...Array(2).fill({ kind: 'comes', place: 0 }),
    ])
    const { moving, isTorn } = await read({ count: 50, size: 5, most: 999, history: restless })
    expect(isTorn).toBe(true)
    expect(moving.calls.length).toBeLessThan(1 + 2 * 5 + 2 * 10)
  })
})
