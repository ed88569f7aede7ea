import type { Clock } from '../common/clock'
import { type Documents, type Folder, SETTLE_MS, StateError } from '../state/documents'
import type { CommittedDocument } from './batchResult'
import { isDeliverable } from './conflicts'
import { type BatchId, type BatchReceipt, endedPath } from './documentNames'
import type { ExportRequest } from './exportRequest'
import { exportStateOf, type Progress } from './exportState'
import type { Listings } from './listing'
import type { QueueState } from './nextStep'
import { coalesced, type Lists, type Plan } from './planDocuments'
import { KnownReceipts, OpenDocuments } from './queueDocuments'

/** A run waits no longer for listings to show what the worker before knew. */
const STALE_MS = 5_000
/** A second listing within this time shows nothing new. */
const MOMENT_MS = 500
/** Listings show what was written longer ago than this, unless it was removed. */
const VISIBLE_MS = 600_000

/** Everything about the open exports, read at one time. */
export interface QueueSnapshot extends Omit<QueueState, 'recent'> {
  /** Of the settings in force. */
  settingsHash: string
  /** Version of the newest batch of any export, started or committed; 0 when none is known. */
  highWaterMark: number
  requests: ReadonlyMap<string, ExportRequest>
  /** By export, once it is planned. */
  plans: ReadonlyMap<string, Plan>
  lists: ReadonlyMap<string, Lists>
  listings: ReadonlyMap<string, Listings>
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

  /** Adds a document that this run wrote. */
  wrote(folder: Folder, name: string) {
    if (folder === 'receipts') {
      this.receipts.add(name)
      this.receiptAt = this.clock.now()
    } else this.open.wrote(folder, name)
  }

  /** @param settingsHash of the settings in force: batches read with others do not count */
  async read(settingsHash: string): Promise<QueueSnapshot> {
    const isListed = this.clock.now() - this.listedAt < MOMENT_MS
    const requests = await (isListed ? this.requests() : this.list())
    const found = await Promise.all(
      requests.map(async (request) => {
        const { exportId } = request
        const [planned, attempts] = await Promise.all([
          this.open.plannedExport(exportId, settingsHash),
          this.open.attemptsOf(exportId),
        ])
        return { request, planned, attempts }
      })
    )
    const planned = found.flatMap((each) => each.planned ?? [])
    const plans = new Map(planned.map(({ plan }) => [plan.exportId, plan]))
    const coveredBy = coalesced(plans)
    const deliveries = this.receipts.all
    const stateOf = ({ request, ...own }: (typeof found)[number]) =>
      exportStateOf(request, settingsHash, {
        ...{ ...own, deliveries, coveredBy: coveredBy.get(request.exportId) },
        cancelled: this.cancelled.includes(request.exportId),
      })
    return {
      now: this.clock.now(),
      settingsHash,
      exports: found.map(stateOf),
      highWaterMark: this.highWaterMark,
      requests: new Map(requests.map((request) => [request.exportId, request])),
      plans,
      lists: new Map(planned.map(({ plan, lists }) => [plan.exportId, lists])),
      listings: new Map(planned.map(({ plan, listings }) => [plan.exportId, listings])),
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
   * Whether every export has ended, also a moment after the lease was released: other workers acknowledged events
   * while it was held, and listings may show the exports of those late.
   */
  async staysEmpty(): Promise<boolean> {
    // Before the first look nothing is known.
    const isEmptyNow = this.exportIds !== undefined && this.openIds(this.exportIds).length === 0
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

  /** All receipts. */
  async allDeliveries(): Promise<readonly BatchReceipt[]> {
    // While no export is open they are not listed.
    if (this.receipts.listedAt === undefined) await this.receipts.list()
    return this.receipts.all
  }

  /** Whether no other batch was started since this one was read. */
  async stillDeliverable(batch: BatchId & { worker: string }): Promise<boolean> {
    await this.receipts.list()
    return isDeliverable(batch, this.receipts.all)
  }

  async isCancelled(exportId: string): Promise<boolean> {
    return (await this.documents.list('cancelled', exportId)).length > 0
  }

  private async list(): Promise<ExportRequest[]> {
    const now = this.clock.now()
    this.exportIds = await this.documents.list('exports')
    const requests = await this.requests()
    if (requests.length > 0) {
      const [cancelled] = await Promise.all([
        this.documents.list('cancelled'),
        this.receipts.list(),
      ])
      this.cancelled = cancelled
    }
    this.listedAt = now
    return requests
  }

  private requests(): Promise<ExportRequest[]> {
    return this.open.requestsOf(this.openIds(this.exportIds ?? []))
  }

  private openIds(exportIds: readonly string[]): string[] {
    return exportIds.filter((id) => !this.open.hasWritten('ended', endedPath(id)))
  }
}

/** How far an export got; undefined before it is planned. */
export function progressOf(queue: QueueSnapshot, exportId: string): Progress | undefined {
  const plan = queue.plans.get(exportId)
  const state = queue.exports.find((each) => each.exportId === exportId)
  return plan && state && { plan, lists: queue.lists.get(exportId) ?? {}, sources: state.sources }
}

/** @throws {StateError} where what an export needs is missing, or not visible yet */
export function required<T>(value: T | undefined, exportId: string, what = 'plan'): T {
  if (value === undefined) throw new StateError(`the ${what} of ${exportId} cannot be read`)
  return value
}

export const requestOf = ({ requests }: QueueSnapshot, exportId: string): ExportRequest =>
  required(requests.get(exportId), exportId, 'request')

export const planOf = ({ plans }: QueueSnapshot, exportId: string): Plan =>
  required(plans.get(exportId), exportId)
