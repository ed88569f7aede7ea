import { grouped, prefetch } from '../common/concurrency'
import type { Entry } from '../published/entry'
import type { LedgerView } from '../published/ledger'
import { soldSkus } from '../published/removedOffers'
import {
  CHANGING_SOURCES,
  isSkuSource,
  type SkuSourceName,
  type SourceName,
  stockSourceOf,
} from '../sources/source'
import { isAskedOf } from '../sources/sourceOfSeller'
import { readWritten, StateError } from '../state/documents'
import { type ListingName, listingNames } from './documentNames'
import { type ExportRequest, isOfHeld, isOfScope } from './exportRequest'
import { ChangedSkus, type Group, groupSchema, LONGEST_MS, listGroup } from './listing'
import type { StepContext } from './plan'
import { type List, type Plan, savePages, sortedIds } from './planDocuments'
import { planOf, type QueueSnapshot, requestOf, required } from './queue'
import { receiptsOf } from './receipts'
import { dueSkus } from './sellersRefresh'
import { listUnseenRows } from './unseenRows'

const SOLD_AT_A_TIME = 10_000

/**
 * Lists the SKUs that an export asks a source for. Listing all of them takes several steps: each but the last saves a
 * group of pages, after which the next one continues.
 * @param ms how long it may list
 */
export async function saveWorklist(
  around: StepContext,
  queue: QueueSnapshot,
  { exportId, source }: { exportId: string; source: SourceName },
  ms: number
): Promise<void> {
  if (!isSkuSource(source)) throw new StateError(`${source} has no worklist`)
  const step = new WorklistStep(around, queue, exportId, source, ms)
  if (source === 'centraRows') return step.listUnseen()
  if (source === 'sellersRefresh') return step.listRefresh()
  return planOf(queue, exportId).everything ? step.listAll(source) : step.listChanged()
}

class WorklistStep {
  private readonly request: ExportRequest
  private readonly plan: Plan
  private readonly ledger: LedgerView
  /** The groups that were listed before. */
  private readonly groups: readonly ListingName[]
  private readonly name: ListingName

  constructor(
    private readonly around: StepContext,
    private readonly queue: QueueSnapshot,
    exportId: string,
    source: SkuSourceName,
    private readonly ms: number
  ) {
    const { clock } = around.engine
    this.request = requestOf(queue, exportId)
    this.plan = planOf(queue, exportId)
    this.ledger = around.ledger.at(receiptsOf(queue.deliveries))
    const { newest = 0, groups = [] } = queue.listings.get(exportId)?.[source] ?? {}
    this.groups = groups
    this.name = {
      ...{ exportId, source, plan: this.plan.uniqueId, at: Math.max(clock.now(), newest + 1) },
      ...{ after: groups.at(-1)?.uniqueId, uniqueId: clock.uniqueId() },
    }
  }

  async listUnseen(): Promise<void> {
    const { around, ledger, queue, request } = this
    const { engine, settings } = around
    const { exportId } = request
    const { skuIds, withheld } = await listUnseenRows(engine, ledger, queue, exportId, settings)
    await this.save(Float64Array.from(skuIds), { consumes: [], withheld })
  }

  async listRefresh(): Promise<void> {
    const { settings, engine } = this.around
    const refresh = required(this.plan.refresh, this.plan.exportId)
    const isAsked = isAskedOf(settings, 'sellers')
    const deadline = engine.clock.now() + Math.min(this.ms, LONGEST_MS)
    const isOver = () => engine.clock.now() >= deadline
    const { startedAt } = this.plan
    const due = await dueSkus(this.ledger, refresh, settings, startedAt, isAsked, isOver)
    await this.save(Float64Array.from(due.ids), { consumes: [], refreshed: due.refreshed })
  }

  /** Saves the worklist of all sources at once: the changed SKUs are the same for each. */
  async listChanged(): Promise<void> {
    const { request, plan, ledger } = this
    const changed = new ChangedSkus(this.around.engine, plan.startedAt)
    const isAsked = this.isAskedFor()
    const isHeld = (entry: Entry, skuId: number) =>
      isAsked(entry) && entry.heldAt !== undefined && isOfScope(request, skuId, entry.sellerId)
    const withHeld = request.force || isOfHeld(request)
    async function* all() {
      yield* changed.of(request)
      // Held offers need not be among the changed SKUs.
      if (withHeld) yield* grouped(soldSkus(ledger, isHeld), SOLD_AT_A_TIME)
    }
    const sorted = await sortedIds(all(), request.scope.startId)
    const listed = this.queue.lists.get(plan.exportId) ?? {}
    const left = CHANGING_SOURCES.filter((each) => plan.sources.includes(each) && !listed[each])
    await this.save(sorted, changed.found, withHeld ? undefined : left)
  }

  async listAll(source: (typeof CHANGING_SOURCES)[number]): Promise<void> {
    const { request, plan, groups, name, ledger } = this
    const { engine, reader, settings } = this.around
    const sources = engine.sources(request, settings, () => engine.clock.now())
    const asked = required(sources[source], request.exportId)
    const last = groups.at(-1)
    const from = last && (await this.group(last)).next
    const group = await listGroup(engine, asked, from, this.ms)
    if (group.next) {
      const number = groups.length
      const path = listingNames.build({ ...name, number })
      await engine.documents.save('worklists', path, { v: 1, ...group })
      reader.wrote('worklists', path)
      const { exportId } = name
      engine.log.info('export.listing', { exportId, source, number, skus: group.ids.length })
      return
    }
    const changed = new ChangedSkus(engine, plan.startedAt)
    const sellers = new Set(group.sellers)
    const read = (each: ListingName) => this.group(each)
    const soldBy = new Set<string>()
    const sold = grouped(soldSkus(ledger, this.isAskedFor(), soldBy), SOLD_AT_A_TIME)
    async function* all() {
      yield group.ids
      for await (const before of prefetch(groups, read)) {
        for (const sellerId of before.sellers) sellers.add(sellerId)
        yield before.ids
      }
      if (request.route === 'update') yield* changed.pending()
      // Offers that no listing names are read too: the source says whether they were removed.
      yield* sold
    }
    const sorted = await sortedIds(all(), request.scope.startId)
    const unmet = request.force ? [] : [...soldBy].filter((sellerId) => !sellers.has(sellerId))
    const inactive = unmet.length > 0 ? await sources.direct.inactiveSellers() : new Set()
    const withheld = unmet.filter((sellerId) => !inactive.has(sellerId))
    await this.save(sorted, { ...changed.found, withheld })
  }

  /** Whether the source is asked for an offer of the ledger. */
  private isAskedFor() {
    const source = stockSourceOf(this.name.source)
    const isAsked = isAskedOf(this.around.settings, source, this.request.scope.sellerId)
    return ({ sellerId }: Entry) => isAsked(sellerId)
  }

  private group(name: ListingName): Promise<Group> {
    const { engine, reader } = this.around
    const path = listingNames.build(name)
    return reader.open.reading(name.uniqueId, readWritten(engine, 'worklists', path, groupSchema))
  }

  private async save(
    ids: Float64Array,
    found: Omit<List, 'uniqueId' | 'total' | 'firstIds'>,
    sources: readonly SourceName[] = [this.name.source]
  ): Promise<void> {
    const { engine, reader } = this.around
    const { exportId, uniqueId } = this.name
    const list = await savePages(engine.documents, exportId, { uniqueId, ...found }, ids)
    for (const source of sources) {
      const path = listingNames.build({ ...this.name, source })
      await engine.documents.save('worklists', path, { v: 1, ...list })
      reader.open.listed(list, path)
      engine.log.info('export.listed', { exportId, source, skus: list.total })
    }
  }
}
