import fc from 'fast-check'
import { UpstreamError } from '../common/upstreamError'
import { parseSettings } from '../settings/settings'
import type { SkuBatchReader, SkuReading, SkuSource } from '../sources/source'
import { readSkus } from './readRanges'

const settings = parseSettings({ sftpHost: 'drop', sftpUser: 'vtex', sftpPassword: 'secret' })

type Kind = 'offer' | 'unnamed' | 'unreadable' | 'nothing' | 'twoSellers' | 'oneOfTwo'

const offer = (skuId: number, sellerId: string, refId?: string) => ({
  skuId,
  sellerId,
  quantity: 5,
  observedAt: 1,
  refId,
})

const failure = (skuId: number, sellerId: string) =>
  ({ skuId, sellerId, code: 'upstream_down', message: 'm' }) as const

const READINGS: Record<Kind, (skuId: number) => SkuReading> = {
  offer: (skuId) => ({ offers: [offer(skuId, '1', `R${skuId}`)], failures: [] }),
  twoSellers: (skuId) => ({
    offers: [offer(skuId, '1', `R${skuId}`), offer(skuId, 'x', `R${skuId}`)],
    failures: [],
  }),
  oneOfTwo: (skuId) => ({
    offers: [offer(skuId, '1', `R${skuId}`)],
    failures: [failure(skuId, 'x')],
  }),
  unnamed: (skuId) => ({ offers: [offer(skuId, '1')], failures: [] }),
  unreadable: (skuId) => ({ offers: [], failures: [failure(skuId, '1')] }),
  nothing: () => ({ offers: [], failures: [] }),
}

const KINDS = Object.keys(READINGS) as Kind[]

const readerOf = (read: SkuBatchReader['read']): SkuBatchReader => ({
  read,
  close: async () => undefined,
})

const slice = (ids: readonly number[]) => ({ ids })

/** A source that says of each SKU what it is told to, after a few turns of the event loop. */
function sourceOf(
  kinds: readonly Kind[],
  concurrency = 3,
  onRead: (skuId: number) => void = () => {}
) {
  const source: SkuSource = {
    concurrency,
    skuIds: async function* () {},
    open: async () =>
      readerOf(async (skuId) => {
        onRead(skuId)
        for (let turn = 0; turn < skuId % 4; turn++) await Promise.resolve()
        return READINGS[kinds[skuId] ?? 'offer'](skuId)
      }),
  }
  return source
}

const upTo = (count: number) => [...Array(count).keys()]
const END = 1_000
const never = () => 0
const LIMITS = { to: END, deadline: 1, now: never }

describe('readSkus', () => {
  it.each([
    ['with the last 500 SKUs left', 1_400, 2_000, [900]],
    ['with half of a small batch left', 4, END, [2]],
    ['never, if the time is over before its end', 1_400, 1_350, []],
  ])('says that it is near its end %s', async (_, count, deadline, expected) => {
    let read = 0
    const ends: Array<[number, number]> = []
    await readSkus(
      sourceOf([], 1, () => read++),
      settings,
      slice(upTo(count)),
      {
        ...{ to: END, deadline, now: () => read },
        onNearEnd: (to) => ends.push([read, to]),
      }
    )
    expect(ends).toEqual(expected.map((at) => [at, END]))
  })

  const kinds = fc.array(fc.constantFrom(...KINDS), { maxLength: 40 })

  it('counts every offer and SKU, and sends only what was read', async () => {
    await fc.assert(
      fc.asyncProperty(kinds, async (given) => {
        const source = sourceOf(given)
        const { part, to } = await readSkus(source, settings, slice(upTo(given.length)), LIMITS)
        const { processed, sent, unchanged, held, filtered, unmapped, failed } = part.counts
        expect(to).toBe(END)
        expect(part.skus).toBe(given.length)
        expect(processed).toBe(sent + unchanged + held + filtered + unmapped + failed)
        expect(sent).toBe(part.offers.length)
        expect(failed).toBe(part.failures.length)
        expect(unmapped).toBe(part.unmapped.length)
        const skusOf = (...wanted: Kind[]) =>
          upTo(given.length).filter((skuId) => wanted.includes(given[skuId] ?? 'offer'))
        expect(part.failures.map(({ skuId }) => skuId)).toEqual(skusOf('unreadable', 'oneOfTwo'))
        expect(part.unmapped.map(({ skuId }) => skuId)).toEqual(skusOf('unnamed'))
        expect([...new Set(part.offers.map(({ skuId }) => skuId))]).toEqual(
          skusOf('offer', 'twoSellers', 'oneOfTwo')
        )
        for (const { quantity } of part.offers) expect(quantity).toBe(5)
      })
    )
  })

  it('stops at the deadline after at least one SKU, and returns where the next batch starts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: -3, max: 45 }),
        fc.integer({ min: 1, max: 6 }),
        async (count, deadline, concurrency) => {
          const read: number[] = []
          const source = sourceOf([], concurrency, (skuId) => read.push(skuId))
          const ids = upTo(count)
          // Time passes with every SKU that is read.
          const now = () => read.length
          const { part, to } = await readSkus(source, settings, slice(ids), {
            to: END,
            deadline,
            now,
          })
          expect(read).toEqual(ids.slice(0, read.length))
          expect(part.skus).toBe(read.length)
          expect(part.offers.map(({ skuId }) => skuId)).toEqual(read)
          expect(to).toBe(ids[read.length] ?? END)
          expect(read.length).toBe(Math.min(count, Math.max(1, deadline)))
        }
      )
    )
  })

  it('makes no request for an empty worklist', async () => {
    const closed: SkuSource = { ...sourceOf([]), open: () => Promise.reject(new Error('asked')) }
    const { part, to } = await readSkus(closed, settings, slice([]), LIMITS)
    expect([part.skus, part.counts.processed, to]).toEqual([0, 0, END])
  })

  it('rejects and starts no more SKUs after an error that concerns the whole source', async () => {
    const read: number[] = []
    const source: SkuSource = {
      ...sourceOf([]),
      concurrency: 2,
      open: async () =>
        readerOf(async (skuId) => {
          read.push(skuId)
          if (skuId === 3) throw new Error('refused')
          return READINGS.offer(skuId)
        }),
    }
    await expect(readSkus(source, settings, slice(upTo(30)), LIMITS)).rejects.toThrow('refused')
    expect(read.length).toBeLessThan(8)
  })

  it('keeps what was read before the first SKU that an open circuit rejects', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(19),
        fc.integer({ min: 1, max: 5 }),
        async (downFrom, concurrency) => {
          const source = circuitOpenFrom(downFrom, concurrency)
          const reading = readSkus(source, settings, slice(upTo(20)), LIMITS)
          if (downFrom === 0) return expect(reading).rejects.toMatchObject({ kind: 'circuitOpen' })
          const { part, to } = await reading
          expect(to).toBe(downFrom)
          expect(part.offers.map(({ skuId }) => skuId)).toEqual(upTo(downFrom))
          expect(part.counts).toMatchObject({ sent: downFrom, failed: 0 })
        }
      )
    )
  })
})

const refusedReading = (skuId: number): SkuReading => ({
  offers: [],
  failures: [{ skuId, sellerId: '1', code: 'upstream_refused', message: 'it: status 403' }],
})

const keptReading = (skuId: number): SkuReading => ({ ...READINGS.offer(skuId), unasked: true })

/** A source that lists SKUs, refuses some, and knows of some without asking. */
function refusing(
  listed: number,
  isRefused: (skuId: number) => boolean,
  { concurrency = 3, isKept = (_: number): boolean => false } = {}
) {
  const read: number[] = []
  const source: SkuSource = {
    concurrency,
    skuIds: async function* () {
      yield { ids: upTo(listed), sellerId: '1' }
    },
    open: async () =>
      readerOf(async (skuId) => {
        read.push(skuId)
        for (let turn = 0; turn < skuId % 4; turn++) await Promise.resolve()
        if (isKept(skuId)) return keptReading(skuId)
        return isRefused(skuId) ? refusedReading(skuId) : READINGS.offer(skuId)
      }),
  }
  return { source, read }
}

const readAll = ({ source }: { source: SkuSource }, ids: readonly number[]) =>
  readSkus(source, settings, slice(ids), LIMITS)

const refusal = { code: 'upstream_refused', message: 'it: status 403' }

describe('readSkus with refused SKUs', () => {
  it('reports up to 19 refused SKUs in a row as failures and sends the others', async () => {
    const given = fc.tuple(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 30 })
    )
    await fc.assert(
      fc.asyncProperty(given, async ([refused, concurrency]) => {
        fc.pre(!/(1,){20}/.test(`${refused.map(Number)},`))
        // SKUs that are not in the batch can be read.
        const isRefused = (skuId: number) => refused[skuId] ?? false
        const { part, to } = await readAll(
          refusing(100, isRefused, { concurrency }),
          upTo(refused.length)
        )
        const count = refused.filter(Boolean).length
        expect([to, part.skus]).toEqual([END, refused.length])
        expect(part.counts).toMatchObject({ sent: refused.length - count, failed: count })
      })
    )
  })

  it('stops after the last good SKU if 20 in a row are refused, then rejects', async () => {
    const world = refusing(400, (skuId) => skuId >= 10)
    const { part, to } = await readAll(world, upTo(300))
    expect([to, part.skus]).toEqual([10, 10])
    expect(part.counts).toMatchObject({ sent: 10, failed: 0 })
    expect(world.read.length).toBeLessThan(10 + 20 + 3)
    const rest = upTo(300).slice(10)
    await expect(readAll(world, rest)).rejects.toMatchObject(refusal)
  })

  it('rejects after 20 requests if all SKUs are refused', async () => {
    const world = refusing(400, () => true)
    await expect(readAll(world, upTo(300))).rejects.toMatchObject(refusal)
    expect(world.read.length).toBeLessThan(20 + 3)
  })

  it('rejects if all SKUs but the cached ones are refused', async () => {
    const world = refusing(400, () => true, { isKept: (skuId) => skuId % 2 === 0 })
    await expect(readAll(world, upTo(300))).rejects.toMatchObject(refusal)
    expect(world.read.length).toBeLessThan(50)
  })

  it.each([1, 3, 19])(
    'reports %i refused SKUs as failures once a probe of another SKU succeeds',
    async (count) => {
      const world = refusing(400, (skuId) => skuId < count + 5)
      const { part } = await readAll(world, upTo(count))
      expect(part.failures).toEqual(upTo(count).flatMap((skuId) => refusedReading(skuId).failures))
      expect(world.read.slice(count)).toEqual(upTo(6).map((index) => count + index))
    }
  )

  it.each([1, 3, 19])('rejects if 20 other SKUs are refused as well as these %i', async (count) => {
    const world = refusing(400, () => true)
    await expect(readAll(world, upTo(count))).rejects.toMatchObject(refusal)
    expect(world.read.length).toBe(count + 20)
  })

  it('rejects if the list of SKUs is refused', async () => {
    const { source } = refusing(400, () => true)
    const list = new UpstreamError('it', 'refused', 'status 401')
    // biome-ignore lint/correctness/useYield: it fails before.
    const skuIds = async function* (): ReturnType<SkuSource['skuIds']> {
      throw list
    }
    await expect(readAll({ source: { ...source, skuIds } }, [7])).rejects.toBe(list)
  })

  it('reports the only SKU as a failure, since its list could be read', async () => {
    const { part } = await readAll(
      refusing(1, () => true),
      [0]
    )
    expect(part.counts).toMatchObject({ failed: 1 })
  })
})

/** Reads SKUs below an id; from it on the upstream is down, and comes back for every third. */
function circuitOpenFrom(downFrom: number, concurrency: number): SkuSource {
  const source = sourceOf([], concurrency)
  return {
    ...source,
    open: async (given) => {
      const { read } = await source.open(given)
      return readerOf(async (skuId) => {
        if (skuId !== downFrom && (skuId < downFrom || skuId % 3 === 0)) return read(skuId)
        throw new UpstreamError('it', 'circuitOpen', 'down')
      })
    },
  }
}
