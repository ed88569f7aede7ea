import { grouped, prefetch } from '../common/concurrency'
import type { Entry } from '../published/entry'
import type { Ledger, LedgerView } from '../published/ledger'
import { soldSkus } from '../published/removedOffers'
import type { Settings } from '../settings/settings'
import {
  CHANGING_SOURCES,
  isSkuSource,
  type SkuSource,
  type SourceName,
  type Sources,
  stockSourceOf,
} from '../sources/source'
import { isAskedOf } from '../sources/sourceOfSeller'
import { readWritten, StateError } from '../state/documents'
import { type ListingName, listingNames } from './documentNames'
import type { Dependencies } from './engine'
import { type ExportRequest, isOfHeld, isOfScope } from './exportRequest'
import { type Group, groupSchema, LONGEST_MS, listGroup } from './listing'
import { type List, type Plan, savePages, sortedIds } from './planDocuments'
import { planOf, type QueueReader, type QueueSnapshot, requestOf, required } from './queue'
import { receiptsOf } from './receipts'
import { selectChanged, selectPending } from './selection'
import { dueSkus } from './sellersRefresh'
import { listUnseenRows } from './unseenRows'

const SOLD_AT_A_TIME = 10_000

interface Asking {
  asked: SkuSource
  ledger: LedgerView
  direct: Sources['direct']
  /** How long it may list. */
  ms: number
  /** When the export began, UTC milliseconds. */
  startedAt: number
}

/** The step that makes a worklist. */
export class WorklistStep {
  constructor(
    private readonly engine: Dependencies,
    private readonly reader: QueueReader,
    private readonly settings: Settings,
    private readonly ledger: Ledger
  ) {}

  /**
   * Lists the SKUs that an export asks a source for. Listing all of them takes several steps: each but the last saves a
   * group of pages, after which the next one continues.
   * @param ms how long it may list
   * @throws {UpstreamError} {@link LostDocumentError} {@link StateError}
   */
  async list(
    queue: QueueSnapshot,
    exportId: string,
    source: SourceName,
    ms: number
  ): Promise<void> {
    const { clock } = this.engine
    const plan = planOf(queue, exportId)
    if (!isSkuSource(source)) throw new StateError(`${source} has no worklist`)
    const listings = required(queue.listings.get(exportId), exportId)
    const { newest, groups } = listings[source]
    const name = {
      ...{ exportId, plan: plan.uniqueId, source, at: Math.max(clock.now(), newest + 1) },
      ...{ after: groups.at(-1)?.uniqueId, uniqueId: clock.uniqueId() },
    }
    const request = requestOf(queue, exportId)
    const { startedAt } = plan
    const sources = this.engine.sources(request, this.settings, () => clock.now())
    const ledger = this.ledger.at(receiptsOf(queue.deliveries))
    if (source === 'centraRows') {
      const { engine, settings } = this
      const { skuIds, withheld } = await listUnseenRows(engine, ledger, queue, exportId, settings)
      return this.save(name, Float64Array.from(skuIds), { consumes: [], withheld })
    }
    if (source === 'sellersRefresh') return this.listRefresh(plan, name, ledger, ms)
    if (!plan.everything) {
      const listed = queue.lists.get(exportId) ?? {}
      const left = CHANGING_SOURCES.filter((each) => plan.sources.includes(each) && !listed[each])
      return this.listChanged(request, name, { ledger, startedAt, sources: left })
    }
    const asked = required(sources[source], exportId)
    const { direct } = sources
    return this.listAll(request, name, groups, { asked, ledger, direct, ms, startedAt })
  }

  private async listRefresh(plan: Plan, name: ListingName, ledger: LedgerView, ms: number) {
    const { settings, engine } = this
    const { startedAt } = plan
    const refresh = required(plan.refresh, name.exportId)
    const isAsked = isAskedOf(settings, 'sellers')
    const deadline = engine.clock.now() + Math.min(ms, LONGEST_MS)
    const isOver = () => engine.clock.now() >= deadline
    const due = await dueSkus(ledger, refresh, settings, startedAt, isAsked, isOver)
    const { ids, refreshed } = due
    await this.save(name, Float64Array.from(ids), { consumes: [], refreshed })
  }

  /** Saves the worklist of all sources at once: the changed SKUs are the same for each. */
  private async listChanged(
    request: ExportRequest,
    name: ListingName,
    around: Pick<Asking, 'ledger' | 'startedAt'> & { sources: readonly SourceName[] }
  ): Promise<void> {
    const { ledger, startedAt, sources } = around
    const { ids, consumes, unverified } = selectChanged(request, startedAt, this.engine)
    const isAsked = this.isAskedFor(request, name)
    const isHeld = (entry: Entry, skuId: number) =>
      isAsked(entry) && entry.heldAt !== undefined && isOfScope(request, skuId, entry.sellerId)
    const withHeld = request.force || isOfHeld(request)
    const held = grouped(soldSkus(ledger, isHeld), SOLD_AT_A_TIME)
    async function* all() {
      yield* ids
      // Held offers need not be among the changed SKUs.
      if (withHeld) yield* held
    }
    const sorted = await sortedIds(all(), request.scope.startId)
    const more = { consumes, unverified: unverified.ids }
    await this.save(name, sorted, more, withHeld ? [name.source] : sources)
  }

  private async listAll(
    request: ExportRequest,
    name: ListingName,
    groups: readonly ListingName[],
    { asked, ledger, direct, ms, startedAt }: Asking
  ): Promise<void> {
    const last = groups.at(-1)
    const from = last && (await this.group(last)).next
    const group = await listGroup(this.engine, asked, from, ms)
    if (group.next) {
      const { exportId, source } = name
      const number = groups.length
      const path = listingNames.build({ ...name, number })
      await this.engine.documents.save('worklists', path, { v: 1, ...group })
      this.reader.wrote('worklists', path)
      this.engine.log.info('export.listing', { exportId, source, number, skus: group.ids.length })
      return
    }
    const { ids, consumes, unverified } = selectPending(request, startedAt, this.engine)
    const sellers = new Set(group.sellers)
    const read = (each: ListingName) => this.group(each)
    const soldBy = new Set<string>()
    const isAsked = this.isAskedFor(request, name)
    const sold = grouped(soldSkus(ledger, isAsked, soldBy), SOLD_AT_A_TIME)
    async function* all() {
      yield group.ids
      for await (const before of prefetch(groups, read)) {
        for (const sellerId of before.sellers) sellers.add(sellerId)
        yield before.ids
      }
      yield* ids
      // Offers that no listing names are read too: the source says whether they were removed.
      yield* sold
    }
    const sorted = await sortedIds(all(), request.scope.startId)
    const unmet = request.force ? [] : [...soldBy].filter((sellerId) => !sellers.has(sellerId))
    const inactive = unmet.length > 0 ? await direct.inactiveSellers() : new Set()
    const withheld = unmet.filter((sellerId) => !inactive.has(sellerId))
    await this.save(name, sorted, { consumes, unverified: unverified.ids, withheld })
  }

  /** Whether a source is asked for an offer of the ledger. */
  private isAskedFor({ scope }: ExportRequest, { source }: ListingName) {
    const isAsked = isAskedOf(this.settings, stockSourceOf(source), scope.sellerId)
    return ({ sellerId }: Entry) => isAsked(sellerId)
  }

  private group(name: ListingName): Promise<Group> {
    const path = listingNames.build(name)
    return this.reader.reading(
      name.uniqueId,
      readWritten(this.engine, 'worklists', path, groupSchema)
    )
  }

  private async save(
    name: ListingName,
    ids: Float64Array,
    { unverified = [], ...more }: Omit<List, 'uniqueId' | 'total' | 'firstIds'>,
    sources: readonly SourceName[] = [name.source]
  ): Promise<void> {
    const { documents, log } = this.engine
    const { exportId, uniqueId } = name
    const found = { uniqueId, ...more, ...(unverified.length > 0 && { unverified }) }
    const list = await savePages(documents, exportId, found, ids)
    for (const source of sources) {
      const path = listingNames.build({ ...name, source })
      await documents.save('worklists', path, { v: 1, ...list })
      this.reader.listed(list, path)
      log.info('export.listed', { exportId, source, skus: list.total })
    }
  }
}
