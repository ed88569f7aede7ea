import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { iso } from '../common/clock'
import { describe } from '../common/errors'
import type { batchResultOf } from '../exports/batchResult'
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
import { type Settings, SettingsError } from '../settings/settings'
import { STOCK_SOURCES, type StockSource } from '../sources/source'
import { isAskedOf } from '../sources/sourceOfSeller'
import type { SkuAnswer } from './answers'

type Live = NonNullable<SkuAnswer['live']>

const READ_MS = 8_000
const inTime = timeout(READ_MS, TimeoutStrategy.Aggressive)

/** An update that reads this SKU alone. It is never saved. */
const request = (now: number): ExportRequest => ({
  ...{ v: 1, exportId: 'live', route: 'update', scope: {}, acceptedAt: now },
  ...{ dry: true, dryRun: true, force: false },
})

/**
 * Reads a SKU as a batch of an update does, and decides as it does. A read that fails, or takes too long, is a failure,
 * and never 0.
 * @param engine with documents that cannot be written
 * @throws {StateError}
 */
export async function liveOffers(engine: Dependencies, skuId: number): Promise<Live> {
  try {
    return await offersWith(engine, await engine.settings(), skuId)
  } catch (thrown) {
    // What was sent last is shown all the same.
    if (!(thrown instanceof SettingsError)) throw thrown
    const failure = { skuId, ...describe(thrown) }
    return { at: iso(engine.clock.now()), offers: [], failures: [failure] }
  }
}

async function offersWith(engine: Dependencies, settings: Settings, skuId: number): Promise<Live> {
  const { documents, clock } = engine
  const deliveries = await new QueueReader(documents, clock).allDeliveries()
  const ledger = new Ledger(engine).at(receiptsOf(deliveries))
  const published = await ledger.of([skuId])
  const now = () => clock.now()
  const asking = request(now())
  const sources = engine.sources(asking, settings, now)
  const { skuDetails } = sources.direct

  const readOf = async (name: StockSource) => {
    const isAsked = isAskedOf(settings, name)
    if (name === 'centra') {
      if (!sources.centra) return undefined
      const isUnseen = ({ sellerId }: { sellerId: string }) => isAsked(sellerId)
      const around = { sources, settings, now, published, heldSellers: new Set<string>(), isUnseen }
      return readSkus(rowsSource(around), settings, { ids: [skuId] }, END, now() + READ_MS, now)
    }
    const source = sources[name]
    if (!source) return undefined
    const { open, concurrency } = withRemoved(source, { published, isAsked, skuDetails, now })
    const asked = { open, concurrency }
    return readSkus(asked, settings, { ids: [skuId] }, END, now() + READ_MS, now)
  }
  const read = await Promise.all(
    STOCK_SOURCES.map((name) =>
      settled(async () => {
        const found = await readOf(name)
        if (!found) return undefined
        const whole = found.part
        const part = await compareWithPublished(engine, whole, {
          ...{ queue: { deliveries }, request: asking, settings, direct: sources.direct, ledger },
          ...{ published, centraRows: sources.centra?.rows, skipsUnchanged: true },
          heldSellers: new Set<string>(),
        })
        return { whole, part }
      }).then((outcome) => ({ name, ...outcome }))
    )
  )
  return { at: iso(now()), ...shown(read, skuId) }
}

type Compared = Record<'whole' | 'part', ReturnType<typeof batchResultOf>>

interface Outcome {
  found?: Compared | undefined
  failure?: Pick<Failure, 'code' | 'message'>
}

async function settled(read: () => Promise<Compared | undefined>): Promise<Outcome> {
  try {
    return { found: await inTime.execute(read) }
  } catch (thrown) {
    if (thrown instanceof TaskCancelledError) {
      const message = `no response within ${READ_MS / 1_000} s`
      return { failure: { code: 'upstream_down', message } }
    }
    return { failure: describe(thrown) }
  }
}

function shown(outcomes: readonly (Outcome & { name: StockSource })[], skuId: number) {
  const found = outcomes.flatMap((outcome) => outcome.found ?? [])
  const failures = found.flatMap(({ part }) => part.failures)
  const unread = outcomes.flatMap(({ name, failure }) =>
    failure ? [{ skuId, code: failure.code, message: `${name}: ${failure.message}` }] : []
  )
  return {
    offers: found.flatMap(offersIn),
    failures: [...unread, ...failures.filter(({ sellerId }) => sellerId === undefined)],
  }
}

function offersIn({ whole, part }: Compared): Live['offers'] {
  const unread = [...part.failures, ...part.unmapped]
  const isUnread = new Set(unread.map(offerKey))
  const sent = new Set(part.offers.map(offerKey))
  const held = new Set(part.held.map(offerKey))
  const nextOf = (key: string) => (held.has(key) ? 'hold' : sent.has(key) ? 'send' : 'unchanged')
  const failed = (next: 'fail' | 'unmapped', failures: readonly Failure[]) =>
    failures.flatMap(({ sellerId, code, message }) =>
      sellerId === undefined ? [] : [{ sellerId, next, error: { code, message } }]
    )
  return [
    ...failed('fail', part.failures),
    ...failed('unmapped', part.unmapped),
    ...whole.offers
      .filter((offer) => !isUnread.has(offerKey(offer)))
      .map(({ skuId, sellerId, offerSku, quantity }) => {
        const next = nextOf(offerKey({ skuId, sellerId }))
        return { sellerId, offerSku, quantity, next } as const
      }),
  ]
}
