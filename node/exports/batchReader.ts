import { versionStep } from '../delivery/iomSftp'
import { type Entry, mayBeSold } from '../published/entry'
import type { LedgerView, Published } from '../published/ledger'
import { withRemoved } from '../published/removedOffers'
import { type Settings, settingsHashOf } from '../settings/settings'
import {
  isAskedOf,
  isSkuSource,
  type SkuSourceName,
  type Sources,
  stockSourceOf,
} from '../sources/source'
import { type BatchResult, batchResultOf } from './batchResult'
import { type Comparison, compareWithPublished } from './compare'
import { type BatchId, basisOf, END } from './documentNames'
import type { Dependencies } from './engine'
import type { ReadStep } from './nextStep'
import { type List, listedIds, type Plan } from './planDocuments'
import { listOf, planOf, type QueueReader, type QueueSnapshot, requestOf, required } from './queue'
import { readSkus } from './readRanges'
import { cursorAt } from './receipts'
import { rowsSource } from './unseenRows'

/** When reading a batch started, and what was known then. */
interface ReadingStart extends Pick<ReadStep, 'exportId' | 'range'> {
  plan: Plan
  /** UTC milliseconds, never before the start. */
  now: () => number
  /** UTC milliseconds. */
  deadline: number
  /** The time for the deadline: it is over once nobody waits for the batch any more. */
  until: () => number
  isAhead: boolean
  /** Called once only the last SKUs of a range up to `to` are left. */
  onNearEnd: (to: number) => void
  sources: Sources
  ledger: LedgerView
}

/** What was read of a range. */
interface RangeReading extends Pick<BatchId, 'from' | 'to'> {
  whole: BatchResult
  /** SKUs whose entries of the ledger it is compared with. */
  skuIds: readonly number[]
  /** What else it is compared with. */
  around: Pick<Comparison, 'heldSellers' | 'changedAt' | 'published'>
}

/** A batch that was read, and not compared yet. */
export interface Reading extends Pick<RangeReading, 'whole' | 'skuIds' | 'around'> {
  name: BatchId
  sources: Sources
}

/** What the batch after it follows. */
export type PreviousBatch = Pick<BatchId, 'exportId' | 'source' | 'version' | 'to'>

/** How a batch is read. */
export interface ReadingLimits {
  ledger: LedgerView
  /** How long reading may take, in milliseconds. */
  ms: number
  /** Version of the batch before, if that one is not published yet. */
  behind?: number
  /** Whether nobody waits for it any more. */
  isStopped?: () => boolean
  /** Called once only the last SKUs are left, if all of them will be read in time. */
  onNearEnd?: (batch: PreviousBatch) => void
}

/** Reads a batch and compares it with what was published. */
export class BatchReader {
  constructor(
    private readonly engine: Dependencies,
    private readonly reader: QueueReader,
    private readonly settings: Settings
  ) {}

  /** @throws {UpstreamError} {@link LostDocumentError} */
  async read(
    queue: QueueSnapshot,
    { exportId, source, range }: ReadStep,
    { ledger, ms, behind = 0, isStopped = () => false, onNearEnd = () => {} }: ReadingLimits
  ): Promise<Reading> {
    const { clock } = this.engine
    const readAfter = queue.highWaterMark
    // Clocks differ between machines: the version is above every known one, whatever the clock says.
    const step = versionStep(this.settings)
    const newest = Math.max(readAfter, behind)
    const version = Math.max(clock.now(), (Math.floor(newest / step) + 1) * step)
    // With file names of whole seconds, a second batch in the same second waits for the next.
    if (step > 1) await clock.sleep(Math.max(0, Math.min(version - clock.now(), step)))
    const now = () => Math.max(clock.now(), version)
    const until = () => (isStopped() ? Number.POSITIVE_INFINITY : now())
    const plan = planOf(queue, exportId)
    const sources = this.engine.sources(requestOf(queue, exportId), this.settings, now)
    const list = listOf(queue, { exportId, source })
    const start: ReadingStart = {
      ...{ exportId, range, plan, now, deadline: now() + ms, until, sources, ledger },
      isAhead: behind > 0,
      onNearEnd: (to) => onNearEnd({ exportId, source, version, to }),
    }
    const { from, to, ...reading } = isSkuSource(source)
      ? await this.skus(queue, source, required(list, exportId, 'worklist'), start)
      : await this.pages(queue, start)
    const basis = basisOf(settingsHashOf(this.settings), plan, list)
    const uniqueId = clock.uniqueId()
    const name = { exportId, source, readAfter, version, uniqueId, from, to, basis }
    return { name, sources, ...reading }
  }

  /**
   * What was read ahead, with the entries of the ledger as they are now: the batch that was published meanwhile may have
   * found that an offer of these SKUs shares one of its offer SKUs.
   */
  async upToDate(reading: Reading, ledger: LedgerView): Promise<Reading> {
    const published = await ledger.of(reading.skuIds)
    return { ...reading, around: { ...reading.around, published } }
  }

  /**
   * Compares what was read with what was published.
   * @param ledger what the batches of `queue` sent
   * @param isWhole whether the ledger certainly has all that was sent
   * @throws {UpstreamError}
   */
  async compare(
    queue: QueueSnapshot,
    { name: { exportId }, whole, around, sources }: Reading,
    { ledger, isWhole }: { ledger: LedgerView; isWhole: boolean }
  ): Promise<BatchResult> {
    const request = requestOf(queue, exportId)
    return compareWithPublished(this.engine, whole, {
      ...{ queue, request, settings: this.settings, direct: sources.direct, ledger },
      centraRow: sources.centra?.row,
      // Only incremental updates skip unchanged offers; other requests want all of them sent.
      skipsUnchanged: isWhole && request.route === 'update' && !planOf(queue, exportId).everything,
      ...around,
    })
  }

  private async skus(
    queue: QueueSnapshot,
    source: SkuSourceName,
    list: List,
    start: ReadingStart
  ): Promise<RangeReading> {
    const { exportId, range, plan, ledger, deadline, until, isAhead, onNearEnd } = start
    const { engine, settings } = this
    const listed = listedIds(engine, exportId, list, range, engine.mostSkus)
    const isRefresh = source === 'sellersRefresh'
    const [{ ids, to: end }, index] = await Promise.all([
      this.reader.open.reading(list.uniqueId, listed),
      plan.everything || isRefresh ? engine.changeIndex() : undefined,
    ])
    const published = await ledger.of(ids)
    const asked = this.sourceFor(queue, source, { list, published }, start)
    const batch = { ids, isAhead, ...(index && { modifiedAt: index.modifiedAt, isRefresh }) }
    const { part: whole, to } = await readSkus(asked, settings, batch, {
      ...{ to: end, deadline, now: until, onNearEnd },
    })
    // VTEX reports no change of what is refreshed: a difference is no drift.
    const changedAt = isRefresh ? undefined : index?.changedAt
    const around = { published, heldSellers: new Set(list.withheld), changedAt }
    return { whole, skuIds: ids, around, from: range.from, to }
  }

  private sourceFor(
    queue: QueueSnapshot,
    source: SkuSourceName,
    { list, published }: { list: List; published: Published },
    { exportId, plan, now, sources }: ReadingStart
  ) {
    const { settings } = this
    const { sellerId } = requestOf(queue, exportId).scope
    const isAsked = isAskedOf(settings, stockSourceOf(source), sellerId)
    if (source === 'centraRows') {
      const around = { sources, settings, now, published, heldSellers: new Set(list.withheld) }
      // Also entries that the worklist's step would not list any more: a batch that was not committed may have sent them.
      const isSold = (entry: Entry) => mayBeSold(entry) && isAsked(entry.sellerId)
      return rowsSource({ ...around, isAsked: isSold })
    }
    const asked = required(sources[source === 'sellersRefresh' ? 'sellers' : source], exportId)
    return withRemoved(asked, {
      ...{ published, isAsked, skuDetails: sources.direct.skuDetails, now },
      unverified: list.unverified,
      // A full export was told by a list that the SKU is there.
      skipsMissing: !plan.everything,
    })
  }

  private async pages(
    queue: QueueSnapshot,
    { exportId, range, plan, ledger, deadline, until, sources }: ReadingStart
  ): Promise<RangeReading> {
    const centra = required(sources.centra, exportId)
    const selection = required(plan.centra, exportId)
    const cursor = await cursorAt(this.engine.documents, queue, exportId, range.from)
    // If the cursor is lost, pages are read again from the first.
    const from = cursor ? range.from : 0
    const enough = (rows: number) => rows >= this.engine.mostSkus || until() >= deadline
    const { rows: read, pages, ...found } = await centra.read(selection, cursor, enough)
    const whole = batchResultOf({ read, ...found }, this.settings)
    const to = found.cursor ? from + pages : END
    const skuIds = [...whole.offers, ...whole.unmapped].flatMap(({ skuId }) => skuId ?? [])
    const around = { published: await ledger.of(skuIds), heldSellers: new Set<string>() }
    return { whole, skuIds, around, from, to }
  }
}
