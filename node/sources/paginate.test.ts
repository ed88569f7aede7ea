import fc from 'fast-check'
import { type ListCursor, paginate } from './paginate'

/** Reads all pages, counting the calls; where it stops again and again, from what JSON keeps of the cursor. */
async function read(page: (page: number) => number[], atFirst = 8, stops = false) {
  const seen = { calls: 0, ids: [] as number[], error: undefined as unknown }
  const counted = async (number: number) => {
    seen.calls++
    return page(number)
  }
  try {
    let cursor: ListCursor | undefined
    do {
      let begun = 0
      const mayBegin = async () => !stops || begun++ === 0
      const source = { upstream: 'VTEX', sellerId: '1', what: 'SKU ids', page: counted, atFirst }
      for await (const { ids, next } of paginate(source, mayBegin, cursor)) {
        seen.ids.push(...ids)
        cursor = next && JSON.parse(JSON.stringify(next))
      }
    } while (cursor)
  } catch (thrown) {
    seen.error = thrown
  }
  return seen
}

const ids = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + index)

describe('paginate', () => {
  it('fails as malformed if each page is the same', async () => {
    const { calls, error } = await read(() => ids(1, 1_000))
    expect(error).toMatchObject({
      kind: 'malformed',
      message:
        'VTEX: page 2 holds the same SKU ids as page 1: expected others, or none past the last',
    })
    expect(calls).toBe(8)
  })

  it('fails as malformed if all pages past the end repeat the last one', async () => {
    const { calls, error } = await read((page) => ids(Math.min(page, 20) * 100, 100), 1)
    expect(error).toMatchObject({ kind: 'malformed' })
    expect(calls).toBeLessThan(3 * 20 + 8)
  })

  it('fails as malformed on a cycle of pages of any length, in any order of their ids', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 40 }), async (before, length) => {
        const { calls, error } = await read((page) => {
          const index = page <= before ? page : before + ((page - before) % length)
          const found = ids(index * 10, 10)
          return page % 2 === 0 ? found.reverse() : found
        })
        expect(error).toMatchObject({ kind: 'malformed' })
        expect(calls).toBeLessThan(3 * (before + length) + 16)
      })
    )
  })

  it('fails as malformed on a cycle of pages that several processes list', async () => {
    const { calls, error } = await read(
      (page) => ids(page < 5 ? page : 5 + (page % 7), 10),
      8,
      true
    )
    expect(error).toMatchObject({ kind: 'malformed' })
    expect(calls).toBeLessThan(3 * (5 + 7))
  })

  it('returns all ids and reads each page once if listing stops after every page', async () => {
    const page = (number: number) => (number < 30 ? ids(number * 10, 10) : [])
    expect(await read(page, 8, true)).toEqual({ calls: 30, ids: ids(10, 290), error: undefined })
  })

  it('fails as malformed after 50,000 pages', async () => {
    const { calls, error } = await read((page) => [page])
    expect(error).toMatchObject({
      kind: 'malformed',
      detail: 'more than 50000 pages of SKU ids',
    })
    expect(calls).toBeLessThan(50_000 + 16)
  })

  it('returns all ids of overlapping pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 60 }), async (shifts) => {
        let shifted = 0
        const pages = shifts.map((shift, index) => {
          shifted += shift
          return ids(index * 10 - shifted, 10)
        })
        const { ids: found, error } = await read((page) => pages[page - 1] ?? [])
        expect([error, found]).toEqual([undefined, pages.flat()])
      })
    )
  })
})
