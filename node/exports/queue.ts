import type { Clock } from '../common/clock'
import { type Documents, type Folder, StateError } from '../state/documents'
import type { CommittedDocument } from './batchResult'
import { isDeliverable } from './conflicts'
import {
  attemptNames,
  type BatchId,
  type BatchReceipt,
  endedPath,
  listingNames,
} from './documentNames'
import type { ExportRequest } from './exportRequest'
import { exportStateOf, type Progress } from './exportState'
import { type Listings, listingsOf } from './listing'
import type { QueueState } from './nextStep'
import { coalesced, type List, type Lists, type Plan } from './planDocuments'
import { KnownReceipts, OpenDocuments } from './queueDocuments'

/** A listing may be behind by a moment, so a younger one tells no more than this one does. */
const MOMENT_MS = 500
/** Whatever was said longer ago is listed, or was removed. */
const VISIBLE_MS = 600_000

/** Everything about the exports that have not ended, read at one moment. */
export interface QueueSnapshot extends Omit<QueueState, 'recent'> {
  /** Of the settings that it was read with. */
  settingsHash: string
  /** Stamp of the newest delivery, done or begun, of any export; 0 when none is known. */
  highWater: number
  requests: ReadonlyMap<string, ExportRequest>
  plans: ReadonlyMap<string, Plan>
  /** By export. */
  lists: ReadonlyMap<string, Lists>
  /** By export. */
  listings: ReadonlyMap<string, Listings>
  deliveries: readonly BatchReceipt[]
  /** What became of the batches of this run, by the names of the documents that say so. */
  ownDeliveries: ReadonlyMap<string, CommittedDocument>
}

/**
 * The line as one run knows it: a fold over listings. What can only be new from another worker that is awake at the same
 * time is listed once; later only exports, whether they are cancelled, and deliveries. Listings may be stale, so what
 * this process itself wrote is added to them.
 */
export class QueueReader {
  readonly ownDeliveries = new Map<string, CommittedDocument>()
  private readonly written = new Map<Folder, Set<string>>()
  /** Unique ids of lists and groups. */
  private readonly discarded = new Set<string>()
  private readonly listedOnce = new Map<string, readonly string[]>()
  private readonly open: OpenDocuments
  private readonly deliveries: KnownReceipts
  private exportIds: readonly string[] | undefined
  private cancelled: readonly string[] = []
  private listedAt = Number.NEGATIVE_INFINITY

  /** @param handedOver stamp of the newest delivery that the worker before knew of */
  constructor(
    private readonly documents: Documents,
    private readonly clock: Clock,
    private readonly handedOver = 0
  ) {
    this.deliveries = new KnownReceipts(documents, clock)
    this.open = new OpenDocuments({ documents, clock }, (folder, prefix) =>
      this.once(folder, prefix)
    )
  }

  /** Stamp of the newest delivery, done or begun, of any export; 0 when none is known. */
  get highWater(): number {
    return Math.max(this.deliveries.newest, this.handedOver)
  }

  /** Remembers a document that this process wrote. */
  wrote(folder: Folder, name: string) {
    if (folder === 'receipts') return this.deliveries.add(name)
    const names = this.written.get(folder) ?? new Set()
    this.written.set(folder, names.add(name))
  }

  /** A plan that this process made: a read may be behind by a moment. */
  planned(plan: Plan, path: string) {
    this.open.plans.set(path, plan)
    this.wrote('plans', path)
    // Nobody lists by a plan before it is there.
    this.listedOnce.set(`lists/${listingNames.prefix(plan.exportId, plan.uniqueId)}`, [])
  }

  /** A list that this process made. */
  listed(list: List, path: string) {
    this.open.lists.set(path, list)
    this.wrote('worklists', path)
  }

  /** A list or a group of which some documents are lost is none: its SKUs are listed anew. */
  discard(uniqueId: string) {
    this.discarded.add(uniqueId)
  }

  /**
   * @param settingsHash of the settings in force: what was read with others does not count
   * @throws {StateError}
   */
  async read(settingsHash: string): Promise<QueueSnapshot> {
    const isListed = this.clock.now() - this.listedAt < MOMENT_MS
    const requests = await (isListed ? this.requests() : this.list())
    const plans = await this.open.plansInForce(requests, settingsHash)
    const listings = await this.listingsOf(plans)
    const [lists, attempts] = await Promise.all([
      this.open.listsOf(plans, listings),
      Promise.all(
        requests.map(({ exportId }) => this.once('attempts', attemptNames.prefix(exportId)))
      ),
    ])
    const { cancelled, ownDeliveries } = this
    const deliveries = this.deliveries.all
    const findings = {
      ...{ plans, lists, listings, deliveries, cancelled, coveredBy: coalesced(plans) },
      attempts: attempts.flat().flatMap((name) => attemptNames.parse(name) ?? []),
    }
    return {
      now: this.clock.now(),
      settingsHash,
      exports: requests.map((request) => exportStateOf(request, settingsHash, findings)),
      highWater: this.highWater,
      requests: new Map(requests.map((request) => [request.exportId, request])),
      plans,
      lists,
      listings,
      deliveries,
      ownDeliveries,
    }
  }

  /** Whether listings may not show yet what the worker before knew. */
  isBehind(): boolean {
    const { newest } = this.deliveries
    return newest < this.handedOver && this.handedOver > this.clock.now() - VISIBLE_MS
  }

  /** Whether an export has not ended, as far as this run knows; also where it never looked. */
  get isSomethingOpen(): boolean {
    return this.exportIds === undefined || this.openIds(this.exportIds).length > 0
  }

  /** Whether every export has ended. @throws {StateError} */
  async isEmpty(): Promise<boolean> {
    this.exportIds = await this.documents.list('exports')
    return (await this.requests()).length === 0
  }

  /** All deliveries that this run knows of. @throws {StateError} */
  async allDeliveries(): Promise<readonly BatchReceipt[]> {
    // Where no export is open, nobody listed them yet.
    if (!this.deliveries.isListed) await this.deliveries.list()
    return this.deliveries.all
  }

  /** How many deliveries are listed that were not known. @throws {StateError} */
  newDeliveries(): Promise<number> {
    return this.deliveries.list()
  }

  /** Whether nothing was delivered since a reading began. @throws {StateError} */
  async stillDeliverable(part: BatchId): Promise<boolean> {
    await this.deliveries.list()
    return isDeliverable(part, this.deliveries.all)
  }

  /** @throws {StateError} */
  async isCancelled(exportId: string): Promise<boolean> {
    return (await this.documents.list('cancelled', exportId)).length > 0
  }

  /** How far the SKUs of each plan were listed, by export. */
  private async listingsOf(plans: ReadonlyMap<string, Plan>): Promise<Map<string, Listings>> {
    const all = await Promise.all(
      [...plans].map(async ([exportId, { uniqueId }]) => {
        const paths = await this.once('worklists', listingNames.prefix(exportId, uniqueId))
        const names = paths.flatMap((path) => listingNames.parse(path) ?? [])
        return [exportId, listingsOf(names, this.discarded)] as const
      })
    )
    return new Map(all)
  }

  private async list(): Promise<ExportRequest[]> {
    const now = this.clock.now()
    this.exportIds = await this.documents.list('exports')
    const requests = await this.requests()
    if (requests.length > 0) {
      const [cancelled] = await Promise.all([
        this.documents.list('cancelled'),
        this.deliveries.list(),
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
    const ended = this.written.get('ended') ?? new Set()
    return exportIds.filter((id) => !ended.has(endedPath(id)))
  }

  private async once(folder: Folder, prefix: string): Promise<string[]> {
    const key = `${folder}/${prefix}`
    const listed = this.listedOnce.get(key) ?? (await this.documents.list(folder, prefix))
    this.listedOnce.set(key, listed)
    const own = [...(this.written.get(folder) ?? [])].filter((name) => name.startsWith(prefix))
    return [...new Set([...listed, ...own])].sort()
  }
}

/** How far an export got; undefined before it is planned. */
export function progressOf(line: QueueSnapshot, exportId: string): Progress | undefined {
  const plan = line.plans.get(exportId)
  const state = line.exports.find((each) => each.exportId === exportId)
  return plan && state && { plan, lists: line.lists.get(exportId) ?? {}, sources: state.sources }
}

/** @throws {StateError} where it is not, or not yet, there */
export function requestOf(line: QueueSnapshot, exportId: string): ExportRequest {
  const request = line.requests.get(exportId)
  if (!request) throw new StateError(`the request of ${exportId} cannot be read`)
  return request
}
