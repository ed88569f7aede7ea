import type { z } from 'zod'
import type { Clock } from '../common/clock'
import { isChanging, SKU_SOURCES } from '../sources/source'
import { type Documents, type Folder, LostDocumentError, readWritten } from '../state/documents'
import {
  attemptNames,
  type BatchReceipt,
  listingNames,
  planNames,
  receiptNames,
  receiptPrefixes,
} from './documentNames'
import { type ExportRequest, requestSchema } from './exportRequest'
import type { ExportDocuments } from './exportState'
import { type Listings, listingsOf } from './listing'
import { type List, type Lists, listSchema, NO_SKUS, type Plan, planSchema } from './planDocuments'

/** Waiting for a lost document takes seconds: after two of them, planning or listing again is faster. */
const MOST_TRIED = 2

/**
 * The requests, plans, worklists and failed attempts of open exports. They never change, so each folder is listed once for
 * an export, and each document read once. What this run wrote is added, since listings and reads may be stale.
 */
export class OpenDocuments {
  /** By name, as plans and worklists are. */
  private readonly requests = new Map<string, ExportRequest>()
  private readonly plans = new Map<string, Plan>()
  private readonly lists = new Map<string, List>()
  private readonly written = new Map<Folder, Set<string>>()
  private readonly listedOnce = new Map<string, readonly string[]>()
  /** Names of lost plans and worklists. */
  private readonly lost = new Set<string>()
  /** Unique ids of worklists and groups. */
  private readonly discarded = new Set<string>()

  constructor(private readonly io: { documents: Documents; clock: Clock }) {}

  /** Adds a document that this run wrote. */
  wrote(folder: Folder, name: string) {
    const names = this.written.get(folder) ?? new Set()
    this.written.set(folder, names.add(name))
  }

  hasWritten(folder: Folder, name: string): boolean {
    return this.written.get(folder)?.has(name) ?? false
  }

  /** Adds a plan that this run made, which VBase may return late. */
  planned(plan: Plan, path: string) {
    this.plans.set(path, plan)
    this.wrote('plans', path)
    // Nobody makes a worklist before its plan.
    this.listedOnce.set(`worklists/${listingNames.prefix(plan.exportId, plan.uniqueId)}`, [])
  }

  /** Adds a worklist that this run made. */
  listed(list: List, path: string) {
    this.lists.set(path, list)
    this.wrote('worklists', path)
  }

  /** Reads a worklist or a group. If a document of it is lost, it is ignored from then on: its SKUs are listed again. */
  reading<T>(uniqueId: string, read: Promise<T>): Promise<T> {
    return read.catch((thrown: unknown) => {
      if (thrown instanceof LostDocumentError) this.discarded.add(uniqueId)
      throw thrown
    })
  }

  /** Leaves out requests that a later version of the app wrote. */
  async requestsOf(exportIds: readonly string[]): Promise<ExportRequest[]> {
    const read = async (exportId: string) => {
      const known = this.requests.get(exportId)
      if (known) return known
      const { data } = requestSchema.safeParse(await this.io.documents.read('exports', exportId))
      if (data) this.requests.set(exportId, data)
      return data ?? []
    }
    return (await Promise.all(exportIds.map(read))).flat()
  }

  /** @param settingsHash of the settings in force */
  async of(request: ExportRequest, settingsHash: string): Promise<ExportDocuments> {
    const { exportId } = request
    const [plans, failed] = await Promise.all([
      this.once('plans', planNames.prefix(exportId, settingsHash)),
      this.once('attempts', attemptNames.prefix(exportId)),
    ])
    const plan = await this.first(this.plans, 'plans', plans, planSchema)
    const prefix = plan && listingNames.prefix(exportId, plan.uniqueId)
    const paths = prefix === undefined ? [] : await this.once('worklists', prefix)
    const names = paths.flatMap((path) => listingNames.parse(path) ?? [])
    const listings = listingsOf(names, this.discarded)
    const lists = plan ? await this.listsOf(plan, listings) : {}
    const attempts = failed.flatMap((name) => attemptNames.parse(name) ?? [])
    return { request, plan, lists, listings, attempts }
  }

  /** The worklists that count. */
  private async listsOf({ sources, nothingPending }: Plan, listings: Listings): Promise<Lists> {
    const own: Lists = {}
    for (const source of SKU_SOURCES.filter((name) => sources.includes(name))) {
      const paths = (listings[source]?.lists ?? []).map((name) => listingNames.build(name))
      const isIdle = nothingPending && isChanging(source)
      const list = isIdle ? NO_SKUS : await this.first(this.lists, 'worklists', paths, listSchema)
      if (list) own[source] = list
    }
    return own
  }

  private async once(folder: Folder, prefix: string): Promise<string[]> {
    const key = `${folder}/${prefix}`
    const listed = this.listedOnce.get(key) ?? (await this.io.documents.list(folder, prefix))
    this.listedOnce.set(key, listed)
    const own = [...(this.written.get(folder) ?? [])].filter((name) => name.startsWith(prefix))
    return [...new Set([...listed, ...own])].sort()
  }

  /** Two workers may both have planned, or listed: every worker takes the first name. */
  private async first<T>(
    known: Map<string, T>,
    folder: Folder,
    names: readonly string[],
    schema: z.ZodType<T>
  ): Promise<T | undefined> {
    for (const name of names.slice(0, MOST_TRIED).filter((each) => !this.lost.has(each))) {
      try {
        const document = known.get(name) ?? (await readWritten(this.io, folder, name, schema))
        known.set(name, document)
        return document
      } catch (thrown) {
        if (!(thrown instanceof LostDocumentError)) throw thrown
        this.lost.add(name)
      }
    }
    return undefined
  }
}

/** A version is older than its receipt, and comes from another machine's clock. */
const LATE_MS = 600_000

/** The receipts that a run knows. It lists all of them once, as they make up the ledger; then hours with new ones only. */
export class KnownReceipts {
  private readonly byName = new Map<string, BatchReceipt>()
  /** When they were last listed, UTC milliseconds. */
  listedAt: number | undefined
  /** Version of the newest, started or committed; 0 when none is known. */
  newest = 0

  constructor(
    private readonly documents: Documents,
    private readonly clock: Pick<Clock, 'now'>
  ) {}

  get all(): readonly BatchReceipt[] {
    return [...this.byName.values()]
  }

  add(name: string): void {
    const delivery = this.byName.has(name) ? undefined : receiptNames.parse(name)
    if (!delivery) return
    this.byName.set(name, delivery)
    this.newest = Math.max(this.newest, delivery.version)
  }

  /** @returns how many are new */
  async list(): Promise<number> {
    const now = this.clock.now()
    const before = this.byName.size
    const until = Math.max(now, this.newest) + LATE_MS
    const from = Math.min(now, this.listedAt ?? now) - LATE_MS
    const prefixes = this.listedAt === undefined ? [''] : receiptPrefixes(from, until)
    const listed = prefixes.map((prefix) => this.documents.list('receipts', prefix))
    for (const name of (await Promise.all(listed)).flat()) this.add(name)
    this.listedAt = now
    return this.byName.size - before
  }
}
