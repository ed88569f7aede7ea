import { FakeClock } from '../../tests/throttling/simulation'
import { realClock } from '../common/clock'
import { parseSettings } from '../settings/settings'
import { ownStock } from '../sources/ownStock'
import type { ListCursor } from '../sources/paginate'
import { uncachedSkuDetails } from '../sources/skuDetails'
import type { SkuSource } from '../sources/source'
import { Limiter } from '../throttling/limiter'
import { RateLimiter } from '../throttling/rateLimiter'
import { listGroup } from './listing'
import { readSkus } from './readRanges'

const MINUTE = 60_000
const LATENCY = 80
const END = 1_000_000
const PAGES = 400

const settings = parseSettings({ sftpHost: 'drop', sftpUser: 'vtex', sftpPassword: 'secret' })

/** The account's own stock behind limiters as a process has them when it starts. */
function throttledStock(clock: FakeClock, perMinute: number): SkuSource {
  const rate = new RateLimiter(clock)
  rate.setMaxPerMinute(perMinute)
  /** A client of which each method answers after a while. */
  const throttled = <T extends Record<string, unknown>>(answers: T) => {
    const limiter = new Limiter('it', settings.maxConcurrency, clock, rate)
    const asked = (answer: unknown) => () =>
      limiter.run(async () => {
        await clock.sleep(LATENCY)
        return answer
      })
    const methods = Object.entries(answers).map(([name, answer]) => [name, asked(answer)])
    return {
      ...(Object.fromEntries(methods) as { [Name in keyof T]: () => Promise<T[Name]> }),
      admission: () => limiter.admission(),
    }
  }
  const catalog = throttled({ page: undefined, sku: { isActive: true, isKit: false } })
  const skuIds = async (page: number) => {
    await catalog.page()
    return page <= PAGES ? [page] : []
  }
  const balance = { warehouseId: 'main', totalQuantity: 5, reservedQuantity: 0 }
  const logistics = throttled({
    warehouses: [{ id: 'main', isActive: true }],
    balances: [{ ...balance, hasUnlimitedQuantity: false }],
  })
  const skuDetails = async (skuId: number) => ({
    ...(await catalog.sku()),
    ...{ skuId, refId: `R${skuId}` },
  })
  const contexts = async () => uncachedSkuDetails(skuDetails)
  return ownStock({ catalog: { ...catalog, skuIds }, logistics }, settings, contexts, clock.now)
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

async function sliceOf(ms: number, perMinute: number) {
  const clock = new FakeClock()
  const startedAt = clock.now()
  let read: { skus: number; lasted: number } | undefined
  const ids = { ids: upTo(10_000) }
  readSkus(throttledStock(clock, perMinute), settings, ids, {
    to: END,
    deadline: startedAt + ms,
    now: clock.now,
  }).then(({ part }) => {
    read = { skus: part.skus, lasted: clock.now() - startedAt }
  })
  await clock.run(() => read !== undefined)
  return read ?? { skus: 0, lasted: 0 }
}

describe('readSkus under maxRequestsPerMinute', () => {
  it.each([
    [6, 500],
    [30, 500],
    [30, 4_000],
    [30, 25_000],
    [120, 500],
    [600, 4_000],
    [6_000, 4_000],
  ])(
    '%i keeps its deadline (%i ms) but for one SKU, and uses the whole rate',
    async (perMinute, ms) => {
      const { skus, lasted } = await sliceOf(ms, perMinute)
      const gap = MINUTE / perMinute
      // The warehouses, then two calls for each SKU; the last one that begins waits for its own.
      expect(lasted).toBeLessThanOrEqual(Math.max(ms, gap) + 4 * gap + 2 * LATENCY)
      expect(skus).toBeGreaterThanOrEqual(Math.max(1, Math.floor((ms / gap - 1) / 2)))
    }
  )

  it('0 reads as many SKUs at once as maxConcurrency allows', async () => {
    const { skus, lasted } = await sliceOf(4_000, 0)
    expect(lasted).toBeLessThanOrEqual(4_000 + 2 * LATENCY)
    expect(skus).toBeGreaterThanOrEqual(settings.maxConcurrency * Math.floor(4_000 / LATENCY - 2))
  })

  it('30 makes progress though its worker is killed every ten seconds', async () => {
    const clock = new FakeClock()
    const skus = 12
    let done = 0
    let lives = 0
    const live = async () => {
      const source = throttledStock(clock, 30)
      const killedAt = clock.now() + 10_000
      while (done < skus && clock.now() < killedAt) {
        const ids = upTo(skus).slice(done)
        const { to } = await readSkus(
          source,
          settings,
          { ids },
          { to: skus, deadline: clock.now() + 500, now: clock.now }
        )
        // What it had not said when it was killed is lost.
        if (clock.now() < killedAt) done = to
      }
    }
    const work = async () => {
      for (; done < skus && lives < 50; lives++) await live()
    }
    let isOver = false
    work().then(() => {
      isOver = true
    })
    await clock.run(() => isOver)
    expect(done).toBe(skus)
    expect(lives).toBeLessThanOrEqual(skus)
  })
})

describe('listGroup under maxRequestsPerMinute', () => {
  it.each([
    [20, 500],
    [20, 4_000],
    [600, 4_000],
  ])(
    '%i keeps its deadline (%i ms) but for one page, and requests no page in vain',
    async (perMinute, ms) => {
      const clock = new FakeClock()
      const source = throttledStock(clock, perMinute)
      const engine = { clock: { ...realClock, now: clock.now }, mostSkus: 10_000 }
      const gap = MINUTE / perMinute
      const found: number[] = []
      let steps = 0
      let longest = 0
      const list = async () => {
        for (let from: ListCursor | undefined = { sellerId: '1', page: 350 }; from; steps++) {
          const startedAt = clock.now()
          const { ids, next } = await listGroup(engine, source, from, ms)
          longest = Math.max(longest, clock.now() - startedAt)
          found.push(...ids)
          from = next
        }
      }
      let isOver = false
      const startedAt = clock.now()
      list().finally(() => {
        isOver = true
      })
      await clock.run(() => isOver)
      expect(found).toEqual(upTo(PAGES - 349).map((index) => 350 + index))
      expect(longest).toBeLessThanOrEqual(Math.max(ms, gap) + gap + 2 * LATENCY)
      // Past the end, up to eight pages are begun.
      expect(clock.now() - startedAt).toBeLessThanOrEqual(
        (found.length + 8 + steps) * gap + steps * LATENCY
      )
    }
  )
})
