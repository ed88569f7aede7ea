import { DAY, failing, HOUR, lettered, row } from '../../tests/matching/world'
import { UpstreamError } from '../common/upstreamError'
import type { Match } from './conflictingRows'

/** A world with two SKUs; rows 1,000, 3,000 and 6,000 lie in documents of their own. */
const shop = () => lettered('AB')

const first = row(1_000, { ean: 'E1' })
const second = row(3_000, { sku: 'A' })
const third = row(6_000, { ean: 'E9', sku: 'A' })

const ambiguous = (one: number, other: number): Match => ({
  unmatched: 'ambiguous',
  message: `stock items ${one} and ${other} both lead to SKU 1`,
})

const isMatched = (match: Match | undefined) => match !== undefined && 'skuId' in match

describe('skuMatching of rows that lead to one SKU', () => {
  it('reports all of them as ambiguous in one batch', async () => {
    const found = await shop().match([first, second, third])
    expect([...found.values()]).toEqual([
      ambiguous(1_000, 3_000),
      ambiguous(3_000, 1_000),
      ambiguous(6_000, 1_000),
    ])
  })

  it('reports them as ambiguous across batches and exports, without a look-up', async () => {
    const world = shop()
    expect(isMatched((await world.match([first])).get(1_000))).toBe(true)
    expect((await world.match([second])).get(3_000)).toEqual(ambiguous(3_000, 1_000))
    expect((await world.match([first])).get(1_000)).toEqual(ambiguous(1_000, 3_000))
    expect(world.asked).toEqual([])
  })

  it('matches the last one that is left, in any batches', async () => {
    const world = shop()
    await world.export([first, second, third], 1)
    const moved = { ...first, ean: 'E2' }
    const found = await world.export([moved, second, third], 1)
    expect(found.get(1_000)).toMatchObject({ skuId: 2 })
    expect(found.get(3_000)).toEqual(ambiguous(3_000, 6_000))
    expect(found.get(6_000)).toEqual(ambiguous(6_000, 3_000))
    expect(
      isMatched((await world.export([moved, { ...second, sku: '' }, third], 1)).get(6_000))
    ).toBe(true)
  })

  it.each(['claims', 'matches'] as const)('keeps both ambiguous if %s are lost', async (folder) => {
    const world = shop()
    for (let time = 0; time < 2; time++) await world.export([first, second], 1)
    for (const name of [...world.files.keys()]) {
      if (name.startsWith(folder) && world.files.get(name)?.includes('1000'))
        world.files.delete(name)
    }
    expect([...(await world.export([first, second], 1)).values()]).toEqual([
      ambiguous(1_000, 3_000),
      ambiguous(3_000, 1_000),
    ])
  })

  it('keeps a row ambiguous if the match of the other one is lost', async () => {
    const world = shop()
    await world.export([first, second], 1)
    world.lose('matches')
    expect((await world.match([first])).get(1_000)).toEqual(ambiguous(1_000, 3_000))
  })

  it('reports both as ambiguous though the export that found the first was stopped', async () => {
    const world = shop()
    world.fault = failing('refs', 'circuitOpen')
    await expect(world.match([first, row(2, { sku: 'B' })])).rejects.toThrow(UpstreamError)
    world.fault = () => undefined
    expect((await world.match([second])).get(3_000)).toEqual(ambiguous(3_000, 1_000))
  })

  it('reports both as ambiguous in the next export if claims were lost before the second came', async () => {
    const world = shop()
    await world.match([first])
    world.lose('claims')
    await world.match([second])
    expect((await world.match([first])).get(1_000)).toEqual(ambiguous(1_000, 3_000))
    expect((await world.match([second])).get(3_000)).toEqual(ambiguous(3_000, 1_000))
  })

  it('keeps them ambiguous for weeks, also if no page returns one of them', async () => {
    const world = shop()
    for (let day = 0; day < 30; day++) {
      const found = await world.export([first, second], 1)
      if (day > 0) expect([...found.values()].filter(isMatched)).toEqual([])
      world.wait(DAY)
    }
    for (let day = 0; day < 7; day++) {
      expect((await world.match([second])).get(3_000)).toEqual(ambiguous(3_000, 1_000))
      world.wait(DAY)
    }
  })

  it.each([1, 8, 12, 16])(
    'reports both as ambiguous if the second one comes %i days after the first',
    async (days) => {
      const world = shop()
      for (let day = 0; day < days; day++) {
        await world.export([first], 1)
        world.wait(DAY)
      }
      expect([...(await world.export([second, first], 1)).values()]).toEqual([
        ambiguous(3_000, 1_000),
        ambiguous(1_000, 3_000),
      ])
    }
  )

  it('reports any number as ambiguous, and matches one once all others lead elsewhere', async () => {
    const world = shop()
    const many = Array.from({ length: 40 }, (_, index) => row(100 * (index + 1), { sku: 'A' }))
    for (let time = 0; time < 2; time++) {
      const found = [...(await world.export(many, 7)).values()]
      expect(found.filter(isMatched)).toEqual([])
    }
    for (const [path, text] of world.files) {
      if (path.startsWith('claims')) expect(text.length).toBeLessThan(500)
    }
    const left = many.map((one, index) => (index === 39 ? one : { ...one, sku: 'X' }))
    await world.export(left, 7)
    expect(isMatched((await world.export(left, 7)).get(4_000))).toBe(true)
    world.wait(HOUR)
    await world.export(left, 7)
    expect(world.asked).toEqual([])
  })

  it('names two that still conflict after a third one left', async () => {
    const world = shop()
    await world.export([first, second, third], 3)
    const found = await world.export([{ ...first, ean: 'E8' }, second, third], 3)
    expect(found.get(3_000)).toEqual(ambiguous(3_000, 6_000))
    expect(found.get(6_000)).toEqual(ambiguous(6_000, 3_000))
  })
})
