import type { z } from 'zod'
import type { Clock } from '../common/clock'
import { isChanging, SKU_SOURCES } from '../sources/source'
import { type Documents, type Folder, LostDocumentError, readWritten } from '../state/documents'
import {
  type BatchReceipt,
  listingNames,
  planNames,
  receiptNames,
  receiptPrefixes,
} from './documentNames'
import { type ExportRequest, requestSchema } from './exportRequest'
import type { Listings } from './listing'
import { type List, type Lists, listSchema, NO_SKUS, type Plan, planSchema } from './planDocuments'

/** Waiting for a lost document takes seconds: after two of them, planning or listing again is faster. */
const MOST_TRIED = 2

/** The requests, plans and worklists of open exports. They never change, so each is read once. */
export class OpenDocuments {
  private readonly requests = new Map<string, ExportRequest>()
  /** By name. */
  readonly plans = new Map<string, Plan>()
  /** By name. */
  readonly lists = new Map<string, List>()
  /** Names of lost plans and worklists. */
  private readonly lost = new Set<string>()

  constructor(
    private readonly io: { documents: Documents; clock: Clock },
    /** Names in a folder with a prefix. */
    private readonly namesOf: (folder: Folder, prefix: string) => Promise<string[]>
  ) {}

  /** Leaves out requests that a later version of the app wrote. */
  async requestsOf(exportIds: readonly string[]): Promise<ExportRequest[]> {
    await Promise.all(
      exportIds.map(async (exportId) => {
        if (this.requests.has(exportId)) return
        const document = await this.io.documents.read('exports', exportId)
        const { data } = requestSchema.safeParse(document)
        if (data) this.requests.set(exportId, data)
      })
    )
    return exportIds.flatMap((exportId) => this.requests.get(exportId) ?? [])
  }

  /** @param settingsHash of the settings in force */
  async planOf(exportId: string, settingsHash: string): Promise<Plan | undefined> {
    const names = await this.namesOf('plans', planNames.prefix(exportId, settingsHash))
    return this.first(this.plans, 'plans', names, planSchema)
  }

  /** The worklists that count. */
  async listsOf({ sources, nothingPending }: Plan, listings: Listings): Promise<Lists> {
    const own: Lists = {}
    for (const source of SKU_SOURCES.filter((name) => sources.includes(name))) {
      const paths = listings[source].lists.map((name) => listingNames.build(name))
      const isIdle = nothingPending && isChanging(source)
      const list = isIdle ? NO_SKUS : await this.first(this.lists, 'worklists', paths, listSchema)
      if (list) own[source] = list
    }
    return own
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

/**
 * The receipts that a run knows. The first listing reads all of them, since they make up the ledger; later ones only the
 * hours in which new ones may have come.
 */
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
    const from = Math.min(now, this.listedAt ?? now) - LATE_MS
    const prefixes =
      this.listedAt === undefined
        ? ['']
        : receiptPrefixes(from, Math.max(now, this.newest) + LATE_MS)
    const names = await Promise.all(
      prefixes.map((prefix) => this.documents.list('receipts', prefix))
    )
    for (const name of names.flat()) this.add(name)
    this.listedAt = now
    return this.byName.size - before
  }
}
