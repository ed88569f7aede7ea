import fc from 'fast-check'
import { HOUR, MatchingWorld, MINUTE, row } from '../../tests/matching/world'
import { UpstreamError } from '../common/upstreamError'
import type { Match } from './conflictingRows'
import type { MatchedRow } from './identifierLoaders'

const EANS = ['E1', 'E2', 'E3']
const ean = fc.option(fc.constantFrom(...EANS, 'E9'), { nil: undefined })
const part = fc.constantFrom('', '', 'A', 'B')
const active = fc.constantFrom(true, true, false)
const rowOf = (stockItemId: number) =>
  fc
    .record({ ean, sku: part, variantSku: part, sizeSku: part, active })
    .map((more) => row(stockItemId, more))
const rows = fc
  .integer({ min: 1, max: 7 })
  .chain((count) =>
    fc.tuple(...Array.from({ length: count }, (_, index) => rowOf((index + 1) * 1_000)))
  )

const sku = fc.record(
  {
    ean: fc.option(fc.constantFrom(...EANS), { nil: undefined }),
    refId: fc.option(fc.constantFrom('A', 'B', 'AB', 'BA'), { nil: undefined }),
    isActive: fc.boolean(),
  },
  { requiredKeys: [] }
)

type Step =
  | { kind: 'change'; skuId: number; change: { ean?: string; refId?: string; isActive?: boolean } }
  | { kind: 'row'; index: number; ean: string | undefined; sku: string; active: boolean }
  | { kind: 'delete'; index: number }
  | { kind: 'add'; row: Pick<MatchedRow, 'ean' | 'sku' | 'active'> }
  | { kind: 'again'; index: number }
  | {
      kind: 'export'
      from: number
      size: number
      errorKind: 'none' | 'down' | 'circuitOpen'
      centra: 'none' | 'down' | 'circuitOpen'
      nth: number
    }
  | { kind: 'lose'; index: number }
  | { kind: 'wait'; share: number }

const step = fc.oneof(
  fc.record({ kind: fc.constant('change'), skuId: fc.integer({ min: 1, max: 4 }), change: sku }),
  fc.record({ kind: fc.constant('row'), index: fc.nat(6), ean, sku: part, active }),
  fc.record({ kind: fc.constant('delete'), index: fc.nat(6) }),
  fc.record({ kind: fc.constant('add'), row: fc.record({ ean, sku: part, active }) }),
  fc.record({ kind: fc.constant('again'), index: fc.nat(6) }),
  fc.record({
    kind: fc.constant('export'),
    from: fc.nat(3),
    size: fc.integer({ min: 1, max: 7 }),
    errorKind: fc.constantFrom('none', 'none', 'down', 'circuitOpen'),
    centra: fc.constantFrom('none', 'none', 'down', 'circuitOpen'),
    nth: fc.integer({ min: 2, max: 5 }),
  }),
  fc.record({ kind: fc.constant('lose'), index: fc.nat(9) }),
  fc.record({ kind: fc.constant('wait'), share: fc.double({ min: 0, max: 1, noNaN: true }) })
) as fc.Arbitrary<Step>

const lag = fc.integer({ min: 0, max: 10 }).map((minutes) => minutes * MINUTE)

const history = fc.record({
  lags: fc.record({ ean: lag, refs: lag, sku: lag }),
  rows,
  first: fc.array(sku, { minLength: 1, maxLength: 4 }),
  steps: fc.array(step, { maxLength: 25 }),
  size: fc.integer({ min: 1, max: 7 }),
})

type History = typeof history extends fc.Arbitrary<infer T> ? T : never

/** Plays a history. @param longest milliseconds that one wait may take */
async function play({ lags, rows, first, steps }: History, longest: number) {
  const world = new MatchingWorld()
  const now = [...rows]
  world.put(now)
  Object.assign(world.lags, lags)
  first.forEach((change, index) => {
    world.change(index + 1, change)
  })
  world.wait(HOUR)
  for (const step of steps) await take(step, world, now, longest)
  world.fault = () => undefined
  world.centraFault = () => undefined
  world.wait(15 * MINUTE)
  return { world, rows: now }
}

async function take(step: Step, world: MatchingWorld, rows: MatchedRow[], longest: number) {
  if (step.kind === 'change') world.change(step.skuId, step.change)
  if (step.kind === 'lose') world.lose(step.index)
  if (step.kind === 'wait') world.wait(Math.floor(step.share * longest))
  changeRows(step, world, rows)
  if (step.kind === 'export') {
    const { errorKind, centra, nth } = step
    world.fault = (_, calls) => {
      if (errorKind !== 'none' && calls % nth === 0)
        throw new UpstreamError('VTEX', errorKind, 'so')
    }
    world.centraFault = () => {
      if (centra !== 'none' && world.looked.length % nth === 0) {
        throw new UpstreamError('Centra', centra, 'so')
      }
    }
    await world.export(rows.slice(step.from), step.size).catch((thrown: unknown) => {
      if (!(thrown instanceof UpstreamError) || thrown.kind !== 'circuitOpen') throw thrown
    })
  }
}

/** Changes what Centra has, of which nobody is told. */
function changeRows(step: Step, world: MatchingWorld, rows: MatchedRow[]) {
  const at = 'index' in step ? step.index % Math.max(1, rows.length) : 0
  const old = rows[at]
  const add = (more: Partial<MatchedRow>) => {
    world.last += 1_000
    rows.push(row(world.last, more))
  }
  const remove = () => {
    for (const { stockItemId } of rows.splice(at, 1)) world.centra.delete(stockItemId)
  }
  if (step.kind === 'row' && old) {
    const { ean, sku, active } = step
    rows[at] = { ...old, ean, sku, active }
  }
  if (step.kind === 'delete') remove()
  if (step.kind === 'add') add(step.row)
  if (step.kind === 'again' && old) {
    const { stockItemId: _, ...more } = old
    remove()
    add(more)
  }
  world.put(rows)
}

/** What a look-up of everything says, without remembering anything. */
function truth({ catalog }: MatchingWorld, rows: readonly MatchedRow[]) {
  const skus = [...catalog]
  const led = rows.map(({ stockItemId, ean, sku, variantSku, sizeSku, active }) => {
    const reference = sku + variantSku + sizeSku
    const found =
      skus.find(([, known]) => ean !== undefined && known.ean === ean) ??
      skus.find(([, known]) => reference !== '' && known.refId === reference)
    return { stockItemId, active, found }
  })
  return new Map<number, unknown>(
    led.map(({ stockItemId, active, found }) => {
      if (!found) return [stockItemId, 'unmatched']
      const [skuId, known] = found
      const others = led.filter(
        (other) => other.found?.[0] === skuId && other.stockItemId !== stockItemId
      )
      const isRivalled = others.some((other) => other.active)
      if (active && isRivalled) return [stockItemId, `ambiguous ${skuId}`]
      // Of those that are all inactive, one says so.
      const isSecond = isRivalled || others.some((other) => other.stockItemId < stockItemId)
      if (!active && isSecond) return [stockItemId, `inactive ${skuId}`]
      return [stockItemId, { skuId, ...known }]
    })
  )
}

const said = (found: ReadonlyMap<number, Match>) =>
  new Map<number, unknown>(
    [...found].map(([id, match]) => {
      if (!('unmatched' in match)) return [id, match]
      const of = match.unmatched === 'unmatched' ? '' : ` ${/\d+$/.exec(match.message)?.[0]}`
      return [id, match.unmatched + of]
    })
  )

describe('skuMatching after any history', () => {
  it('matches rows as a fresh look-up of all would, once notifications had their time', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.constantFrom(2 * HOUR, 60 * HOUR), async (past, longest) => {
        const { world, rows } = await play(past, longest)
        // In one batch at once; in several, the first ones cannot know where the rows of later ones lead.
        await world.export(rows, past.size)
        expect(said(await world.export(rows, past.size))).toEqual(truth(world, rows))
      }),
      { numRuns: 800 }
    )
  })

  it('matches all rows of one batch correctly at once', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.constantFrom(2 * HOUR, 60 * HOUR), async (past, longest) => {
        const { world, rows } = await play(past, longest)
        expect(said(await world.match(rows))).toEqual(truth(world, rows))
      }),
      { numRuns: 800 }
    )
  })

  it('requests nothing and writes nothing in a second export', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (past) => {
        const { world, rows } = await play(past, HOUR / 2)
        await world.export(rows, past.size)
        await world.export(rows, past.size)
        world.seen.saves = 0
        world.wait(HOUR)
        await world.export(rows, past.size)
        expect(world.asked).toEqual([])
        expect(world.seen.saves).toBe(0)
      }),
      { numRuns: 400 }
    )
  })
})
