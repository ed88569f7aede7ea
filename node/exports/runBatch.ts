import { versionStep } from '../delivery/iomSftp'
import type { LedgerView, Published } from '../published/ledger'
import { withRemoved } from '../published/removedOffers'
import { type Settings, settingsHashOf } from '../settings/settings'
import { isSkuSource, type SkuSourceName, type SourceName, type Sources } from '../sources/source'
import { isAskedOf } from '../sources/sourceOfSeller'
import { StateError } from '../state/documents'
import type { BatchResult } from './batchResult'
import { type Comparison, compareWithPublished } from './compare'
import { type BatchId, basisOf, type Range } from './documentNames'
import type { Dependencies } from './engine'
import { type List, listedIds, type Plan } from './planDocuments'
import { type QueueReader, type QueueSnapshot, requestOf } from './queue'
import { readPages, readSkus } from './readBatch'
import { LostDocumentError } from './readWritten'
import { cursorAt } from './receipts'
import { withoutGone, withoutUnknown } from './unknownSkus'
import { unseenRowsSource } from './unseenRows'

/** When reading a batch started, and what was known then. */
interface ReadingStart {
  exportId: string
  /** UTC milliseconds, never before the start. */
  now: () => number
  /** UTC milliseconds. */
  deadline: number
  /** The time for the deadline: it is over once nobody waits for the batch any more. */
  until: () => number
  sources: Sources
  ledger: LedgerView
}

type Written = Pick<BatchId, 'from' | 'to' | 'basis'> & {
  whole: BatchResult
  /** SKUs whose entries of the ledger it is compared with. */
  skuIds: readonly number[]
  /** What else it is compared with. */
  around: Pick<Comparison, 'heldSellers' | 'changedAt' | 'published'>
}

/** A batch that was read, and not compared yet. */
export type Reading = Pick<Written, 'whole' | 'skuIds' | 'around'> & {
  name: BatchId
  sources: Sources
}

/** How a batch is read. */
export interface ReadingLimits {
  ledger: LedgerView
  /** How long reading may take, in milliseconds. */
  ms: number
  /** Version of the batch before, if that one is not published yet. */
  behind?: number
  /** Whether nobody waits for it any more. */
  isStopped?: () => boolean
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
    exportId: string,
    source: SourceName,
    range: Range,
    { ledger, ms, behind = 0, isStopped = () => false }: ReadingLimits
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
    const sources = this.engine.sources(requestOf(queue, exportId), this.settings, now)
    const until = () => (isStopped() ? Number.POSITIVE_INFINITY : now())
    const start = { exportId, now, deadline: now() + ms, until, sources, ledger }
    const { whole, skuIds, around, ...written } = isSkuSource(source)
      ? await this.skus(queue, source, range, start)
      : await this.pages(queue, range, start)
    const name = { exportId, source, readAfter, version, uniqueId: clock.uniqueId(), ...written }
    return { name, whole, skuIds, around, sources }
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
    { name, whole, around, sources }: Reading,
    { ledger, isWhole }: { ledger: LedgerView; isWhole: boolean }
  ): Promise<BatchResult> {
    const { exportId } = name
    const request = requestOf(queue, exportId)
    return compareWithPublished(this.engine, whole, {
      ...{ queue, request, settings: this.settings, direct: sources.direct, ledger },
      centraRows: sources.centra?.rows,
      // Only incremental updates skip unchanged offers; other requests want all of them sent.
      skipsUnchanged: isWhole && request.route === 'update' && !planOf(queue, exportId).everything,
      ...around,
    })
  }

  private async skus(
    queue: QueueSnapshot,
    source: SkuSourceName,
    range: Range,
    start: ReadingStart
  ): Promise<Written> {
    const { exportId, deadline, until } = start
    const plan = planOf(queue, exportId)
    const list = queue.lists.get(exportId)?.[source]
    if (!list) throw new StateError(`the worklist of ${exportId} cannot be read`)
    const { ids, to: end } = await this.idsIn(exportId, list, range)
    const [published, index] = await Promise.all([
      start.ledger.of(ids),
      plan.everything || source === 'sellersRefresh' ? this.engine.changeIndex() : undefined,
    ])
    const asked = await this.sourceFor(queue, source, { list, published }, start)
    const isRefresh = source === 'sellersRefresh'
    const batch = { ids, ...(index && { modifiedAt: index.modifiedAt, isRefresh }) }
    const { part: whole, to } = await readSkus(asked, this.settings, batch, end, deadline, until)
    // VTEX reports no change of what is refreshed: a difference is no drift.
    const changedAt = isRefresh ? undefined : index?.changedAt
    const around = { published, heldSellers: new Set(list.withheld), changedAt }
    const basis = this.basis(plan, list)
    return { whole, skuIds: ids, around, from: range.from, to, basis }
  }

  private async sourceFor(
    queue: QueueSnapshot,
    source: SkuSourceName,
    { list, published }: { list: List; published: Published },
    { exportId, now, sources }: ReadingStart
  ) {
    const { engine, settings } = this
    if (source === 'centraRows') {
      const heldSellers = new Set(list.withheld)
      const around = { sources, settings, now, published, heldSellers }
      return unseenRowsSource(engine, queue, exportId, around)
    }
    const stockSource = source === 'sellersRefresh' ? 'sellers' : source
    const { [stockSource]: asked } = sources
    if (!asked) throw new StateError(`the plan of ${exportId} cannot be read`)
    const { sellerId: only } = requestOf(queue, exportId).scope
    const isAsked = isAskedOf(settings, stockSource, only)
    const { skuDetails } = sources.direct
    const removing = withRemoved(asked, { published, isAsked, skuDetails, now })
    const known = list.unverified
      ? withoutUnknown(removing, published, new Set(list.unverified), sources.direct)
      : removing
    // A full export was told by a list that the SKU is there.
    return planOf(queue, exportId).everything
      ? known
      : withoutGone(known, published, sources.direct)
  }

  private async idsIn(exportId: string, list: List, range: Range) {
    try {
      return await listedIds(this.engine, exportId, list, range, this.engine.mostSkus)
    } catch (thrown) {
      if (thrown instanceof LostDocumentError) this.reader.discard(list.uniqueId)
      throw thrown
    }
  }

  private async pages(queue: QueueSnapshot, range: Range, start: ReadingStart): Promise<Written> {
    const { exportId, deadline, until, sources } = start
    const plan = planOf(queue, exportId)
    const { centra } = sources
    const selection = plan.centra
    if (!centra || !selection) throw new StateError(`the plan of ${exportId} cannot be read`)
    const cursor = await cursorAt(this.engine, queue, exportId, range.from)
    // If the cursor is lost, pages are read again from the first.
    const from = cursor ? range.from : 0
    const batch = { selection, from, cursor, mostRows: this.engine.mostSkus, deadline }
    const { part: whole, to } = await readPages(centra, this.settings, batch, until)
    const skuIds = [...whole.offers, ...whole.unmapped].flatMap(({ skuId }) => skuId ?? [])
    const published = await start.ledger.of(skuIds)
    const around = { published, heldSellers: new Set<string>() }
    return { whole, skuIds, around, from, to, basis: this.basis(plan) }
  }

  private basis(plan: Plan, list?: List) {
    return basisOf(settingsHashOf(this.settings), plan, list)
  }
}

function planOf(queue: QueueSnapshot, exportId: string): Plan {
  const plan = queue.plans.get(exportId)
  if (!plan) throw new StateError(`the plan of ${exportId} cannot be read`)
  return plan
}
