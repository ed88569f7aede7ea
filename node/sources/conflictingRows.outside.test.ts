import { DAY, failing, HOUR, lettered, letteredSku, row } from '../../tests/matching/world'
import { codeOf, UpstreamError, type UpstreamErrorKind } from '../common/upstreamError'
import type { Match } from './conflictingRows'
import { MOST_LOOKS } from './conflictingRows'
import type { MatchedRow } from './identifierLoaders'

/** A world with two SKUs; rows 1,000, 3,000 and 6,000 lie in documents of their own. */
const shop = () => lettered('AB')

const first = row(1_000, { ean: 'E1' })
const second = row(3_000, { sku: 'A' })
const third = row(6_000, { ean: 'E9', sku: 'A' })
const inactiveOf = (one: MatchedRow) => ({ ...one, active: false })

const SKU = letteredSku(1)
const ambiguous = (one: number, other: number): Match => ({
  unmatched: 'ambiguous',
  message: `stock items ${one} and ${other} both lead to SKU 1`,
})
const inactive = (one: number, other: number): Match => ({
  unmatched: 'inactive',
  message: `stock item ${one} is inactive, and stock item ${other} is SKU 1`,
})

/** Centra that cannot tell one row. */
const unreadable = (errorKind: UpstreamErrorKind, rowId?: number) => (stockItemId: number) => {
  if (rowId === undefined || stockItemId === rowId) {
    throw new UpstreamError('Centra', errorKind, 'told so')
  }
}

/** A world in which two rows were met that lead to SKU 1. */
async function disputed(size = 1) {
  const world = shop()
  for (let time = 0; time < 2; time++) await world.export([first, second], size)
  return world
}

describe('skuMatching of a row that conflicts with another one', () => {
  it.each([1, 2])('matches at once after the other was deleted (batches of %i)', async (size) => {
    const world = await disputed(size)
    world.centra.delete(1_000)
    expect((await world.match([second])).get(3_000)).toEqual(SKU)
    expect(world.looked).toEqual([1_000])
    expect((await world.match([second])).get(3_000)).toEqual(SKU)
    expect(world.looked).toEqual([])
  })

  it('reports it as ambiguous with the new id of a row that was deleted and recreated', async () => {
    const world = await disputed()
    world.centra.delete(1_000)
    const again = row(6_000, { ean: 'E1' })
    await world.export([second, again], 1)
    expect([...(await world.export([second, again], 1))]).toEqual([
      [3_000, ambiguous(3_000, 6_000)],
      [6_000, ambiguous(6_000, 3_000)],
    ])
  })

  it('matches once the other row leads elsewhere, though no change was reported', async () => {
    const world = await disputed()
    world.put([{ ...first, ean: 'E2' }])
    expect((await world.match([second])).get(3_000)).toEqual(SKU)
    expect(world.asked).toEqual(['ean E2'])
  })

  it('reports it as ambiguous while the other row exists, with one request each time', async () => {
    const world = await disputed()
    for (let time = 0; time < 3; time++) {
      expect((await world.match([second])).get(3_000)).toEqual(ambiguous(3_000, 1_000))
      expect([world.looked, world.asked]).toEqual([[1_000], []])
    }
  })

  it('makes no request for a row of the same batch', async () => {
    const world = await disputed(2)
    await world.match([first, second])
    expect(world.looked).toEqual([])
  })

  it('reads conflicting rows only until two are found', async () => {
    const world = shop()
    await world.export([first, second, third], 3)
    await world.match([third])
    expect(world.looked).toEqual([1_000])
    world.centra.delete(1_000)
    expect((await world.match([third])).get(6_000)).toEqual(ambiguous(6_000, 3_000))
    expect(world.looked).toEqual([1_000, 3_000])
  })
})

it('skuMatching matches a row that was recreated under a new id at once', async () => {
  const world = shop()
  await world.match([first])
  world.centra.delete(1_000)
  expect((await world.match([{ ...first, stockItemId: 3_000 }])).get(3_000)).toEqual(SKU)
  expect(world.looked).toEqual([1_000])
})

describe('skuMatching, when a conflicting row cannot be read,', () => {
  it.each(['down', 'malformed', 'overloaded', 'missing', 'refused', 'circuitOpen'] as const)(
    'fails the row alone while Centra is %s, and treats the other as present',
    async (errorKind) => {
      const world = await disputed()
      world.centraFault = unreadable(errorKind)
      const other = row(7_000, { ean: 'E2' })
      const failed = { code: codeOf(errorKind), message: 'Centra: told so' }
      expect([...(await world.match([second, other]))]).toEqual([
        [3_000, { failed }],
        [7_000, letteredSku(2)],
      ])
      world.centraFault = () => undefined
      expect((await world.match([second])).get(3_000)).toEqual(ambiguous(3_000, 1_000))
    }
  )

  it.each([
    ['refused', 20],
    ['circuitOpen', 4],
    ['down', 20],
  ] as const)('limits requests while Centra is %s to %i of 20 rows', async (errorKind, calls) => {
    const world = shop()
    for (let id = 0; id < 20; id++) world.change(100 + id, { ean: `N${id}` })
    world.wait(DAY)
    const rows = (at: number) =>
      Array.from({ length: 20 }, (_, id) => row(at + id, { ean: `N${id}` }))
    await world.match(rows(10_000))
    world.centraFault = unreadable(errorKind)
    const found = await world.match(rows(20_000))
    expect([...found.values()].filter((match) => 'failed' in match)).toHaveLength(20)
    expect(world.looked).toHaveLength(calls)
  })

  it('fails the row if VTEX cannot tell where the other one leads', async () => {
    const world = await disputed()
    world.put([{ ...first, ean: 'E7' }])
    world.fault = failing('ean', 'down')
    expect((await world.match([second])).get(3_000)).toMatchObject({
      failed: { code: 'upstream_down' },
    })
  })

  it('still reports the row as ambiguous with a third one', async () => {
    const world = shop()
    await world.export([first, second, third], 3)
    world.centraFault = unreadable('down', 1_000)
    expect((await world.match([third])).get(6_000)).toEqual(ambiguous(6_000, 3_000))
  })

  it('rethrows unexpected errors', async () => {
    const world = await disputed()
    world.centraFault = () => {
      throw new TypeError('a fault')
    }
    await expect(world.match([second])).rejects.toThrow(TypeError)
  })
})

describe('skuMatching of an inactive row', () => {
  it.each([1, 2])('lets the active row match (batches of %i)', async (size) => {
    const world = shop()
    const rows = [inactiveOf(first), second]
    await world.export(rows, size)
    expect([...(await world.export(rows, size))]).toEqual([
      [1_000, inactive(1_000, 3_000)],
      [3_000, SKU],
    ])
  })

  it('notices by a direct read that the other row became inactive', async () => {
    const world = await disputed()
    world.put([inactiveOf(first)])
    expect((await world.match([second])).get(3_000)).toEqual(SKU)
  })

  it.each([1, 2])(
    'matches the row with the lowest id if all are inactive (batches of %i)',
    async (size) => {
      const world = shop()
      const rows = [inactiveOf(second), inactiveOf(first)]
      await world.export(rows, size)
      expect([...(await world.export(rows, size))]).toEqual([
        [3_000, inactive(3_000, 1_000)],
        [1_000, SKU],
      ])
    }
  )

  it('fails it, and sends no 0, if its active conflicting row cannot be read', async () => {
    const world = await disputed()
    world.centraFault = unreadable('down')
    const found = await world.match([inactiveOf(first)])
    expect(found.get(1_000)).toMatchObject({ failed: { code: 'upstream_down' } })
  })
})

describe('reading conflicting rows', () => {
  const MANY = MOST_LOOKS + 50

  /** So many SKUs, each with a row that was deleted and one that was made in its place. */
  async function made(count = MANY) {
    const world = shop()
    const rows = (at: number) =>
      Array.from({ length: count }, (_, id) => row(at + id, { ean: `N${id}` }))
    for (let id = 0; id < count; id++) world.change(100 + id, { ean: `N${id}` })
    world.wait(DAY)
    await world.match(rows(10_000))
    for (const { stockItemId } of rows(10_000)) world.centra.delete(stockItemId)
    return { world, again: rows(20_000) }
  }
  const matchedOf = (found: ReadonlyMap<number, Match>) =>
    [...found.values()].filter((match) => 'skuId' in match).length

  it('stops after MOST_LOOKS rows a batch, reports the others, and starts with them next time', async () => {
    const { world, again } = await made()
    const found = await world.match(again)
    expect([world.looked.length, matchedOf(found)]).toEqual([MOST_LOOKS, MOST_LOOKS])
    const left = [...found.values()].filter((match) => 'unmatched' in match)
    expect(left).toHaveLength(50)
    for (const match of left) {
      expect(match).toMatchObject({ message: expect.stringContaining('too many') })
    }
    expect(matchedOf(await world.match(again))).toBe(MANY)
    expect(world.looked).toHaveLength(50)
  })

  it('starts with the rows that were not seen for the longest time', async () => {
    const { world, again } = await made(20)
    world.wait(5 * DAY)
    const pairs = Array.from({ length: MANY }, (_, id) => row(40_000 + id, { ean: `P${id}` }))
    for (let id = 0; id < MANY; id++) world.change(1_000 + id, { ean: `P${id}` })
    world.wait(HOUR)
    const twins = pairs.map((one) => ({ ...one, stockItemId: one.stockItemId + 10_000 }))
    await world.match(pairs)
    expect(matchedOf(await world.match([...twins, ...again]))).toBe(20)
  })

  it('stops after ten seconds a batch', async () => {
    const { world, again } = await made(40)
    world.centraFault = () => world.wait(1_000)
    const found = await world.match(again)
    expect(world.looked.length).toBeLessThan(15)
    expect(matchedOf(found)).toBe(world.looked.length)
  })

  it('makes no request for rows without a conflict', async () => {
    const { world } = await made(5)
    const rows = Array.from({ length: 300 }, (_, id) => row(30_000 + id, { sku: `X${id}` }))
    await world.match([...rows, row(31_000, { ean: 'E1' })])
    expect(world.looked).toEqual([])
  })
})
