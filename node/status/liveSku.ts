import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { pick } from 'ramda'
import { iso } from '../common/clock'
import { describe } from '../common/errors'
import type { BatchResult } from '../exports/batchResult'
import { compareWithPublished } from '../exports/compare'
import { END } from '../exports/documentNames'
import type { Dependencies } from '../exports/engine'
import type { ExportRequest } from '../exports/exportRequest'
import { QueueReader } from '../exports/queue'
import { readSkus } from '../exports/readRanges'
import { receiptsOf } from '../exports/receipts'
import { rowsSource } from '../exports/unseenRows'
import { type Failure, offerKey } from '../offers/stockOffer'
import { Ledger } from '../published/ledger'
import { withRemoved } from '../published/removedOffers'
import type { checkSettings } from '../settings/settings'
import { isAskedOf, type SkuSource, STOCK_SOURCES, type StockSource } from '../sources/source'
import type { SkuAnswer } from './answers'

type Live = NonNullable<SkuAnswer['live']>

const READ_MS = 8_000
const inTime = timeout(READ_MS, TimeoutStrategy.Aggressive)

/**
 * Reads a SKU as a batch of an update does, and decides as it does. A read that fails, or takes too long, is a failure,
 * and never 0.
 * @param engine with documents that cannot be written
 * @throws {StateError}
 */
export async function liveOffers(
  engine: Dependencies,
  { settings, problem }: ReturnType<typeof checkSettings>,
  skuId: number
): Promise<Live> {
  const { documents, clock } = engine
  const now = () => clock.now()
  if (!settings) {
    // What was sent last is shown all the same.
    const failure = { skuId, code: 'settings_invalid', message: problem }
    return { at: iso(now()), offers: [], failures: [failure] }
  }
  const deliveries = await new QueueReader(documents, clock).allDeliveries()
  const ledger = new Ledger(engine).at(receiptsOf(deliveries))
  const published = await ledger.of([skuId])
  // An update that reads this SKU alone. It is never saved.
  const asking: ExportRequest = {
    ...{ v: 1, exportId: 'live', route: 'update', scope: {}, acceptedAt: now() },
    ...{ dry: true, dryRun: true, force: false },
  }
  const sources = engine.sources(asking, settings, now)
  const { skuDetails } = sources.direct
  const heldSellers = new Set<string>()

  const sourceOf = (name: StockSource): Pick<SkuSource, 'open' | 'concurrency'> | undefined => {
    const isAsked = isAskedOf(settings, name)
    if (name === 'centra') {
      const around = { sources, settings, now, published, heldSellers }
      return sources.centra && rowsSource({ ...around, isAsked: (row) => isAsked(row.sellerId) })
    }
    // Without its list of SKUs: that the SKU is refused is not compared with others.
    const source = sources[name] && pick(['open', 'concurrency'], sources[name])
    return source && withRemoved(source, { published, isAsked, skuDetails, now })
  }
  const read = async (name: StockSource): Promise<Pick<Live, 'offers' | 'failures'>> => {
    const source = sourceOf(name)
    if (!source) return { offers: [], failures: [] }
    const batch = { ids: [skuId] }
    const limits = { to: END, deadline: now() + READ_MS, now }
    const { part: whole } = await readSkus(source, settings, batch, limits)
    const part = await compareWithPublished(engine, whole, {
      ...{ queue: { deliveries }, request: asking, settings, direct: sources.direct, ledger },
      ...{ published, centraRow: sources.centra?.row, skipsUnchanged: true, heldSellers },
    })
    const failures = part.failures.filter(({ sellerId }) => sellerId === undefined)
    return { offers: offersIn(whole, part), failures }
  }
  const found = await Promise.all(
    STOCK_SOURCES.map((name) =>
      inTime
        .execute(() => read(name))
        .catch((thrown: unknown) => ({ offers: [], failures: [failureOf(skuId, name, thrown)] }))
    )
  )
  return {
    at: iso(now()),
    offers: found.flatMap(({ offers }) => offers),
    failures: found.flatMap(({ failures }) => failures),
  }
}

function failureOf(skuId: number, name: StockSource, thrown: unknown) {
  const { code, message } =
    thrown instanceof TaskCancelledError
      ? { code: 'upstream_down', message: `no response within ${READ_MS / 1_000} s` }
      : describe(thrown)
  return { skuId, code, message: `${name}: ${message}` }
}

function offersIn(whole: BatchResult, part: BatchResult): Live['offers'] {
  const keysOf = (some: readonly Pick<Failure, 'skuId' | 'sellerId'>[]) =>
    new Set(some.map(offerKey))
  const unread = keysOf([...part.failures, ...part.unmapped])
  const sent = keysOf(part.offers)
  const held = keysOf(part.held)
  const failed = (next: 'fail' | 'unmapped', failures: readonly Failure[]) =>
    failures.flatMap(({ sellerId, code, message }) =>
      sellerId === undefined ? [] : [{ sellerId, next, error: { code, message } }]
    )
  return [
    ...failed('fail', part.failures),
    ...failed('unmapped', part.unmapped),
    ...whole.offers
      .filter((offer) => !unread.has(offerKey(offer)))
      .map((offer) => {
        const key = offerKey(offer)
        const next = held.has(key) ? 'hold' : sent.has(key) ? 'send' : 'unchanged'
        return { ...pick(['sellerId', 'offerSku', 'quantity'], offer), next } as const
      }),
  ]
}
