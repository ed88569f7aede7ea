import { UpstreamError } from '../common/upstreamError'
import type { ListCursor } from '../sources/paginate'
import type { SkuSource } from '../sources/source'
import { listGroup, listingOf } from './listing'
import type { ListingName } from './names'

const NONE = new Set<string>()

/** A document of a listing: its number, what it goes on after, and its own nonce. */
const named = (
  at: number,
  number: number | undefined,
  after: string | undefined,
  nonce: string
): ListingName => ({ ...{ exportId: 'e', plan: 'p', source: 'own' }, at, number, after, nonce })

const nonces = (names: readonly ListingName[]) => names.map(({ nonce }) => nonce).join('')

describe('listingOf', () => {
  const chain = [named(1, 0, undefined, 'a'), named(2, 1, 'a', 'b'), named(3, 2, 'b', 'c')]

  it('continues after the newest group', () => {
    expect(nonces(listingOf(chain, NONE).groups)).toBe('abc')
  })

  it('does not continue after a group whose predecessor is missing', () => {
    expect(
      nonces(listingOf([named(1, 0, undefined, 'a'), named(3, 2, 'b', 'c')], NONE).groups)
    ).toBe('a')
    expect(listingOf([named(3, 2, 'b', 'c')], NONE).groups).toEqual([])
  })

  it('continues before a discarded group', () => {
    expect(nonces(listingOf(chain, new Set(['b'])).groups)).toBe('a')
  })

  it('follows the newest of two groups with the same predecessor', () => {
    const both = [...chain, named(4, 1, 'a', 'd')]
    expect(nonces(listingOf(both, NONE).groups)).toBe('ad')
    expect(nonces(listingOf([...both, named(5, 2, 'd', 'f')], NONE).groups)).toBe('adf')
  })

  it('returns the newest worklist first and no discarded one', () => {
    const lists = [named(4, undefined, 'c', 'x'), named(5, undefined, 'c', 'y')]
    expect(nonces(listingOf([...chain, ...lists], NONE).lists)).toBe('yx')
    expect(nonces(listingOf([...chain, ...lists], new Set(['y'])).lists)).toBe('x')
  })

  it('counts only groups that got further than any before as progress', () => {
    expect(listingOf([], NONE).progressAt).toBe(0)
    expect(listingOf(chain, NONE).progressAt).toBe(3)
    const anew = [...chain, named(4, 1, 'a', 'd'), named(5, 2, 'd', 'f')]
    expect(listingOf(anew, NONE).progressAt).toBe(3)
    expect(listingOf([...anew, named(6, undefined, 'f', 'x')], NONE).progressAt).toBe(6)
    const twice = [named(6, undefined, 'f', 'x'), named(7, undefined, 'f', 'y')]
    expect(listingOf([...anew, ...twice], NONE).progressAt).toBe(6)
  })
})

describe('listGroup', () => {
  /** A source of three pages; a call takes a second, of which the caller waits for its turn. */
  function world({ failing = 0, mostSkus = 100 } = {}) {
    let now = 0
    const source: Pick<SkuSource, 'skuIds' | 'admission'> = {
      admission: async () => {
        now += 1_000
      },
      async *skuIds(mayBegin = async () => true, from = { sellerId: '1', page: 1 }) {
        for (let { page } = from; await mayBegin(); page++) {
          if (page === failing) throw new UpstreamError('it', 'down', 'status 500')
          const next = page < 3 ? { sellerId: '1', page: page + 1 } : undefined
          yield { ids: [page, page + 10], sellerId: '1', next }
          if (!next) return
        }
      },
    }
    const clock = { now: () => now, uniqueId: unused, sleep: unused, every: unused }
    const unread = { concurrency: 1, open: unused }
    return (ms: number, from?: ListCursor) =>
      listGroup({ clock, mostSkus }, { ...source, ...unread }, from, ms)
  }
  const unused = () => {
    throw new Error('not used here')
  }
  const at = (page: number) => ({ sellerId: '1', page })

  it('lists to the end if the time suffices', async () => {
    const all = { ids: [1, 11, 2, 12, 3, 13], sellers: ['1'], next: undefined }
    expect(await world()(2_001)).toEqual(all)
  })

  it('checks the deadline after waiting for the limiter, and lists at least one page', async () => {
    const list = world()
    expect(await list(1_000)).toMatchObject({ ids: [1, 11], next: at(2) })
    expect(await list(1_001, at(2))).toMatchObject({ ids: [2, 12, 3, 13], next: undefined })
  })

  it('stops after five seconds', async () => {
    let now = 0
    const endless: SkuSource['skuIds'] = async function* (mayBegin = async () => true) {
      for (let page = 1; await mayBegin(); page++, now += 1_000) {
        yield { ids: [page], sellerId: '1', next: at(page + 1) }
      }
    }
    const clock = { now: () => now, uniqueId: unused, sleep: unused, every: unused }
    const source = { skuIds: endless, concurrency: 1, open: unused }
    const group = await listGroup({ clock, mostSkus: 100 }, source, undefined, 25_000)
    expect(group.ids).toEqual([1, 2, 3, 4, 5])
  })

  it('stops at the page that exceeds the size of a batch', async () => {
    expect(await world({ mostSkus: 3 })(60_000)).toMatchObject({ ids: [1, 11, 2, 12], next: at(3) })
  })

  it('returns the pages before a failed one, and fails if there are none', async () => {
    const list = world({ failing: 3 })
    expect(await list(60_000)).toMatchObject({ ids: [1, 11, 2, 12], next: at(3) })
    await expect(list(60_000, at(3))).rejects.toMatchObject({ kind: 'down' })
  })

  it('returns no seller without a listed SKU', async () => {
    const skuIds: SkuSource['skuIds'] = async function* () {
      yield { ids: [], sellerId: '2', next: at(1) }
      yield { ids: [5], sellerId: '3' }
    }
    const clock = { now: () => 0, uniqueId: unused, sleep: unused, every: unused }
    const source = { skuIds, concurrency: 1, open: unused }
    expect((await listGroup({ clock, mostSkus: 9 }, source, undefined, 9)).sellers).toEqual(['3'])
  })
})
