import { prefetch } from '../common/concurrency'
import type { Entry } from '../published/entry'
import type { Ledger, LedgerView } from '../published/ledger'
import { soldSkus } from '../published/soldSkus'
import { isAskedOf } from '../settings/sellers'
import type { Settings } from '../settings/settings'
import {
  CHANGING_SOURCES,
  isSkuSource,
  type SkuSource,
  type SourceName,
  type Sources,
  stockSourceOf,
} from '../sources/source'
import { StateError } from '../state/documents'
import type { Engine } from './engine'
import { type Line, type LineReader, requestOf } from './line'
import { type Group, groupSchema, listGroup, NOT_BEGUN } from './listing'
import { type ListingName, listingNames } from './names'
import { type List, saveChunks, sortedIds } from './plan'
import { LostDocumentError, readSaved } from './readSaved'
import { receiptsOf } from './receipts'
import type { ExportRequest } from './scope'
import { selectChanged, selectPending } from './selection'
import { listUnseenRows } from './unseenRows'

interface Asking {
  asked: SkuSource
  ledger: LedgerView
  direct: Sources['direct']
  /** How long it may list. */
  ms: number
  /** When the export began, UTC milliseconds. */
  startedAt: number
}

/** The step that lists what a source is asked for. */
export class Worklists {
  constructor(
    private readonly engine: Engine,
    private readonly reader: LineReader,
    private readonly settings: Settings,
    private readonly ledger: Ledger
  ) {}

  /**
   * Lists the SKUs that an export asks a source for. Where these are all that it has, for a while: then they are saved
   * as a group, after which the next step goes on.
   * @param ms how long it may list
   * @throws {UpstreamError} {@link LostDocumentError} {@link StateError}
   */
  async list(line: Line, exportId: string, source: SourceName, ms: number): Promise<void> {
    const { clock } = this.engine
    const plan = line.plans.get(exportId)
    const lost = new StateError(`the plan of ${exportId} cannot be read`)
    if (!plan || !isSkuSource(source)) throw lost
    const { newest, groups } = line.listings.get(exportId)?.[source] ?? NOT_BEGUN
    const name = {
      ...{ exportId, plan: plan.nonce, source, at: Math.max(clock.now(), newest + 1) },
      ...{ after: groups.at(-1)?.nonce, nonce: clock.uniqueId() },
    }
    const request = requestOf(line, exportId)
    const { startedAt } = plan
    const sources = this.engine.sources(request, this.settings, () => clock.now())
    const ledger = this.ledger.at(receiptsOf(line.deliveries))
    if (source === 'centraRows') {
      const { engine, settings } = this
      const { skuIds, withheld } = await listUnseenRows(engine, ledger, line, exportId, settings)
      return this.save(name, Float64Array.from(skuIds), { consumes: [], withheld })
    }
    if (!plan.everything) {
      const listed = line.lists.get(exportId) ?? {}
      const left = CHANGING_SOURCES.filter((each) => plan.sources.includes(each) && !listed[each])
      return this.listChanged(request, name, { ledger, startedAt, sources: left })
    }
    const { [source]: asked } = sources
    if (!asked) throw lost
    const { direct } = sources
    return this.listAll(request, name, groups, { asked, ledger, direct, ms, startedAt })
  }

  /** What changed is the same for each source that is asked for it. */
  private async listChanged(
    request: ExportRequest,
    name: ListingName,
    {
      ledger,
      startedAt,
      sources,
    }: Pick<Asking, 'ledger' | 'startedAt'> & { sources: readonly SourceName[] }
  ): Promise<void> {
    const { ids, consumes, unverified } = selectChanged(request, startedAt, this.engine)
    const isAsked = this.isAskedFor(request, name)
    const isHeld = (entry: Entry) => isAsked(entry) && entry.heldAt !== undefined
    const held = soldSkus(ledger, isHeld, new Set())
    async function* all() {
      yield* ids
      // An export of what changed meets what a guard kept back only by chance.
      if (request.force) yield* held
    }
    const sorted = await sortedIds(all(), request.scope.startId)
    const more = { consumes, unverified: unverified.ids }
    await this.save(name, sorted, more, request.force ? [name.source] : sources)
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
    if (group.next) return this.saveGroup({ ...name, number: groups.length }, group)
    const { ids, consumes, unverified } = selectPending(request, startedAt, this.engine)
    const sellers = new Set(group.sellers)
    const read = (each: ListingName) => this.group(each)
    const soldBy = new Set<string>()
    const sold = soldSkus(ledger, this.isAskedFor(request, name), soldBy)
    async function* all() {
      yield group.ids
      for await (const before of prefetch(groups, read)) {
        for (const sellerId of before.sellers) sellers.add(sellerId)
        yield before.ids
      }
      yield* ids
      // What no listing names is asked for all the same: whether it is gone, its source says.
      yield* sold
    }
    const sorted = await sortedIds(all(), request.scope.startId)
    const unmet = request.force ? [] : [...soldBy].filter((sellerId) => !sellers.has(sellerId))
    const inactive = unmet.length > 0 ? await direct.inactiveSellers() : new Set()
    const withheld = unmet.filter((sellerId) => !inactive.has(sellerId))
    await this.save(name, sorted, { consumes, unverified: unverified.ids, withheld })
  }

  /** Whether a source is asked for what the ledger has. */
  private isAskedFor({ scope }: ExportRequest, { source }: ListingName) {
    const isAsked = isAskedOf(this.settings, stockSourceOf(source), scope.sellerId)
    return ({ sellerId }: Entry) => isAsked(sellerId)
  }

  private async saveGroup(name: ListingName, group: Group): Promise<void> {
    const { exportId, source, number } = name
    const path = listingNames.build(name)
    await this.engine.documents.save('worklists', path, { v: 1, ...group })
    this.reader.wrote('worklists', path)
    this.engine.log.info('export.listing', { exportId, source, number, skus: group.ids.length })
  }

  /** A group that was saved. */
  private async group(name: ListingName): Promise<Group> {
    try {
      return await readSaved(this.engine, 'worklists', listingNames.build(name), groupSchema)
    } catch (thrown) {
      if (thrown instanceof LostDocumentError) this.reader.discard(name.nonce)
      throw thrown
    }
  }

  private async save(
    name: ListingName,
    ids: Float64Array,
    { unverified = [], ...more }: Omit<List, 'nonce' | 'total' | 'firstIds'>,
    sources: readonly SourceName[] = [name.source]
  ): Promise<void> {
    const { documents, log } = this.engine
    const { exportId, nonce } = name
    const found = { nonce, ...more, ...(unverified.length > 0 && { unverified }) }
    const list = await saveChunks(documents, exportId, found, ids)
    for (const source of sources) {
      const path = listingNames.build({ ...name, source })
      await documents.save('worklists', path, { v: 1, ...list })
      this.reader.listed(list, path)
      log.info('export.listed', { exportId, source, skus: list.total })
    }
  }
}
