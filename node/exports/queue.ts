import type { Clock } from '../common/clock'
import { isSkuSource, type SourceName } from '../sources/source'
import { type Documents, type Folder, SETTLE_MS, StateError } from '../state/documents'
import type { CommittedDocument } from './batchResult'
import { isDeliverable } from './conflicts'
import { type BatchId, type BatchReceipt, endedPath } from './documentNames'
import type { ExportRequest } from './exportRequest'
import { type OpenExport, openExportOf, type Progress } from './exportState'
import type { QueueState } from './nextStep'
import { coalesced, type List, type Plan } from './planDocuments'
import { KnownReceipts, OpenDocuments } from './queueDocuments'

/** A run waits no longer for listings to show what the worker before knew. */
const STALE_MS = 5_000
/** A second listing within this time shows nothing new. */
const MOMENT_MS = 500
/** Listings show what was written longer ago than this, unless it was removed. */
const VISIBLE_MS = 600_000

/** Everything about the open exports, read at one time. */
export interface QueueSnapshot extends Omit<QueueState, 'recent'> {
  exports: readonly OpenExport[]
  /** Of the settings in force. */
  settingsHash: string
  /** Version of the newest batch of any export, started or committed; 0 when none is known. */
  highWaterMark: number
  deliveries: readonly BatchReceipt[]
  /** Receipts that this run committed, by name. */
  ownDeliveries: ReadonlyMap<string, CommittedDocument>
}

/**
 * Reads the queue for one run, from listings. Only exports, cancellations and receipts are listed again and again: only
 * another worker running at the same time writes anything else. Listings may be stale, so what this run wrote is added.
 */
export class QueueReader {
  readonly ownDeliveries = new Map<string, CommittedDocument>()
  readonly open: OpenDocuments
  readonly receipts: KnownReceipts
  private exportIds: readonly string[] | undefined
  private cancelled: readonly string[] = []
  private listedAt = Number.NEGATIVE_INFINITY
  /** When this run saved its last receipt, UTC milliseconds. */
  private receiptAt: number | undefined
  private readonly startedAt: number

  /** @param handedOver version of the newest batch that the worker before knew */
  constructor(
    private readonly documents: Documents,
    private readonly clock: Clock,
    private readonly handedOver = 0
  ) {
    this.startedAt = clock.now()
    this.receipts = new KnownReceipts(documents, clock)
    this.open = new OpenDocuments({ documents, clock })
  }

  /** Version of the newest batch of any export, started or committed; 0 when none is known. */
  get highWaterMark(): number {
    return Math.max(this.receipts.newest, this.handedOver)
  }

  /** Saves a document of this run, which listings may show late. */
  async save(folder: Folder, name: string, document: unknown): Promise<void> {
    await this.documents.save(folder, name, document)
    if (folder === 'receipts') {
      this.receipts.add(name)
      this.receiptAt = this.clock.now()
    } else this.open.wrote(folder, name)
  }

  /** @param settingsHash of the settings in force: batches read with others do not count */
  async read(settingsHash: string): Promise<QueueSnapshot> {
    if (this.clock.now() - this.listedAt >= MOMENT_MS) await this.list()
    const requests = await this.requests()
    const found = await Promise.all(requests.map((each) => this.open.of(each, settingsHash)))
    const answeredBy = coalesced(found.flatMap(({ plan }) => plan ?? []))
    const deliveries = this.receipts.all
    const exports = found.map((documents) => {
      const { exportId } = documents.request
      const cancelled = this.cancelled.includes(exportId)
      const coveredBy = answeredBy.get(exportId)
      return openExportOf(documents, settingsHash, deliveries, { cancelled, coveredBy })
    })
    return {
      now: this.clock.now(),
      settingsHash,
      exports,
      highWaterMark: this.highWaterMark,
      deliveries,
      ownDeliveries: this.ownDeliveries,
    }
  }

  /** Whether listings do not show yet what the worker before knew. */
  isBehind(): boolean {
    const { newest } = this.receipts
    return newest < this.handedOver && this.handedOver > this.clock.now() - VISIBLE_MS
  }

  /** Reads the queue until listings show what the worker before knew. */
  async readSettled(settingsHash: string): Promise<QueueSnapshot> {
    for (;;) {
      const queue = await this.read(settingsHash)
      const isLate = this.clock.now() - this.startedAt >= STALE_MS
      if (isLate || queue.exports.length === 0 || !this.isBehind()) return queue
      await this.clock.sleep(SETTLE_MS)
    }
  }

  /**
   * Whether every export has ended, also a moment after the lease was released: other workers acknowledged events while
   * it was held, and listings may show the exports of those late.
   */
  async staysEmpty(): Promise<boolean> {
    // Before the first look nothing is known.
    const isEmptyNow = this.exportIds !== undefined && this.openIds().length === 0
    if (!isEmptyNow && !(await this.isEmpty())) return false
    await this.clock.sleep(SETTLE_MS)
    return this.isEmpty()
  }

  private async isEmpty(): Promise<boolean> {
    this.exportIds = await this.documents.list('exports')
    return (await this.requests()).length === 0
  }

  /**
   * Whether a finished export has to be looked at again: receipts of another worker, with which its batches may
   * conflict, are seen late. A listing shows all of them a moment after that worker can have published for the last time,
   * and until a moment after this run took the lease it can. An export that read no offer has nothing to conflict.
   */
  async isUnsettled({ deliveries }: QueueSnapshot, exportId: string): Promise<boolean> {
    const hasSent = deliveries.some((each) => each.exportId === exportId && each.offers > 0)
    const settledAt = this.startedAt + 2 * SETTLE_MS
    if (!hasSent || (this.receipts.listedAt ?? 0) >= settledAt) return false
    const now = this.clock.now()
    const until = Math.min(settledAt, (this.receiptAt ?? now) + SETTLE_MS)
    await this.clock.sleep(Math.max(0, until - now))
    return (await this.receipts.list()) > 0
  }

  async allDeliveries(): Promise<readonly BatchReceipt[]> {
    // While no export is open, no receipt was listed.
    if (this.receipts.listedAt === undefined) await this.receipts.list()
    return this.receipts.all
  }

  /** Whether no other batch was started since this one was read. */
  async stillDeliverable(batch: BatchId & { worker: string }): Promise<boolean> {
    await this.receipts.list()
    return isDeliverable(batch, this.receipts.all)
  }

  private async list(): Promise<void> {
    const now = this.clock.now()
    // An empty queue costs one call.
    const isOpen = this.openIds().length > 0
    const listed = [this.documents.list('exports'), isOpen && this.listOthers()] as const
    this.exportIds = (await Promise.all(listed))[0]
    // Their requests are needed next.
    if (!isOpen && this.openIds().length > 0) {
      await Promise.all([this.listOthers(), this.requests()])
    }
    this.listedAt = now
  }

  private async listOthers(): Promise<void> {
    const listed = [this.documents.list('cancelled'), this.receipts.list()] as const
    this.cancelled = (await Promise.all(listed))[0]
  }

  private requests(): Promise<ExportRequest[]> {
    return this.open.requestsOf(this.openIds())
  }

  private openIds(): string[] {
    return (this.exportIds ?? []).filter((id) => !this.open.hasWritten('ended', endedPath(id)))
  }
}

/** Undefined where it has ended. */
export const findExport = (
  { exports }: Pick<QueueSnapshot, 'exports'>,
  exportId: string
): OpenExport | undefined => exports.find((each) => each.exportId === exportId)

/** The worklist of a source of an export, if it has one yet. */
export const listOf = (
  queue: QueueSnapshot,
  { exportId, source }: { exportId: string; source: SourceName }
): List | undefined =>
  isSkuSource(source) ? findExport(queue, exportId)?.lists[source] : undefined

/** How far an export got; undefined before it is planned. */
export function progressOf(queue: QueueSnapshot, exportId: string): Progress | undefined {
  const { plan, ...found } = required(findExport(queue, exportId), exportId, 'request')
  return plan && { ...found, plan }
}

/** @throws {StateError} where what an export needs is missing, or not visible yet */
export function required<T>(value: T | undefined, exportId: string, what = 'plan'): T {
  if (value === undefined) throw new StateError(`the ${what} of ${exportId} cannot be read`)
  return value
}

export const requestOf = (queue: QueueSnapshot, exportId: string): ExportRequest =>
  required(findExport(queue, exportId), exportId, 'request').request

export const planOf = (queue: QueueSnapshot, exportId: string): Plan =>
  required(findExport(queue, exportId)?.plan, exportId)
