import { pendingDue } from '../changes/pending'
import { latestWatermark } from '../changes/watermarks'
import { fingerprint as fingerprintOf, type Settings } from '../settings/settings'
import {
  CHANGING_SOURCES,
  isSkuSource,
  type PageSelection,
  type SkuSource,
  type SourceName,
  type Sources,
  STOCK_SOURCES,
} from '../sources/source'
import { StateError } from '../state/documents'
import { readAhead } from '../state/readAhead'
import { forgetOtherBaselines } from './baseline'
import { coverable } from './covering'
import type { Engine } from './engine'
import { type Line, type LineReader, requestOf } from './line'
import { type Group, groupSchema, listGroup, NOT_BEGUN } from './listing'
import { type ListingName, listingPath, planPath } from './names'
import { type List, type Plan, saveChunks, sortedIds } from './plan'
import { LostDocumentError, readSaved } from './readSaved'
import { type ExportRequest, isSmall } from './scope'
import { breadthOf, selectChanged, selectPending, windowOf } from './selection'
import { listVanishing } from './vanishing'

/** The steps that decide what an export reads. */
export class Planning {
  constructor(
    private readonly engine: Engine,
    private readonly reader: LineReader,
    private readonly settings: Settings
  ) {}

  /** Decides what an export reads, as far as no SKU ids have to be listed. @throws {StateError} */
  async plan(line: Line, exportId: string): Promise<void> {
    const { documents, clock, log } = this.engine
    const request = requestOf(line, exportId)
    const startedAt = clock.now()
    const fingerprint = fingerprintOf(this.settings)
    const read = this.engine.sources(request, this.settings, () => clock.now())
    const bySku = CHANGING_SOURCES.some((name) => read[name])
    const covers = coverable(line, exportId)
    if (!request.dry) await forgetOtherBaselines(documents, fingerprint)
    const breadth = await breadthOf(request, this.engine, line)
    const everything = bySku && breadth.everything
    const isIdle =
      request.route === 'update' &&
      !everything &&
      (await pendingDue(this.engine, startedAt)).length === 0
    const plan: Plan = {
      ...{ v: 1, exportId, nonce: clock.nonce(), startedAt, covers, everything },
      notes: bySku ? breadth.notes : [],
      sources: [
        ...STOCK_SOURCES.filter((name) => read[name]),
        // An export of what changed meets what a guard kept back only by chance.
        ...(request.force || !isSmall(request) ? (['vanished'] as const) : []),
      ],
      ...(isIdle && { nothingPending: true }),
      ...(read.centra && { centra: await this.pagesOf(request, fingerprint) }),
    }
    const path = planPath(fingerprint, plan)
    await documents.save('plans', path, plan)
    this.reader.planned(plan, path)
    const sources = plan.sources.join()
    log.info('export.planned', { exportId, sources, everything, covers: covers.length })
  }

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
      ...{ after: groups.at(-1)?.nonce ?? '', nonce: clock.nonce() },
    }
    const request = requestOf(line, exportId)
    const sources = this.engine.sources(request, this.settings, () => clock.now())
    if (source === 'vanished') return this.listVanished(line, name, sources)
    if (!plan.everything) {
      const listed = line.lists.get(exportId) ?? {}
      const left = CHANGING_SOURCES.filter((each) => plan.sources.includes(each) && !listed[each])
      return this.listChanged(request, name, left)
    }
    const { [source]: asked } = sources
    if (!asked) throw lost
    return this.listAll(request, name, groups, asked, ms)
  }

  private async listVanished(line: Line, name: ListingName, sources: Sources): Promise<void> {
    const { exportId } = name
    const { skuIds, withheld } = await listVanishing(
      this.engine,
      line,
      exportId,
      sources,
      this.settings
    )
    return this.saveList(name, Float64Array.from(skuIds), { consumes: [], withheld })
  }

  /** What changed is the same for each source that is asked for it. */
  private async listChanged(
    request: ExportRequest,
    name: ListingName,
    sources: readonly SourceName[]
  ): Promise<void> {
    const around = { ...this.engine, now: this.engine.clock.now() }
    const { ids, consumes, unverified } = selectChanged(request, around)
    const sorted = await sortedIds(ids, request.scope.startId)
    await this.saveList(name, sorted, { consumes, unverified: unverified.ids }, sources)
  }

  private async listAll(
    request: ExportRequest,
    name: ListingName,
    groups: readonly ListingName[],
    asked: SkuSource,
    ms: number
  ): Promise<void> {
    const { documents, clock, log } = this.engine
    const last = groups.at(-1)
    const from = last && (await this.group(last)).next
    const group = await listGroup(this.engine, asked, from, ms)
    if (group.next) {
      const path = listingPath({ ...name, number: groups.length })
      await documents.save('lists', path, { v: 1, ...group })
      this.reader.wrote('lists', path)
      const { exportId, source } = name
      return log.info('export.listing', {
        exportId,
        source,
        group: groups.length,
        skus: group.ids.length,
      })
    }
    const { ids, consumes, unverified } = selectPending(request, {
      ...this.engine,
      now: clock.now(),
    })
    const sellers = new Set(group.sellers)
    const read = (each: ListingName) => this.group(each)
    async function* all() {
      yield group.ids
      for await (const before of readAhead(groups, read)) {
        for (const sellerId of before.sellers) sellers.add(sellerId)
        yield before.ids
      }
      yield* ids
    }
    const sorted = await sortedIds(all(), request.scope.startId)
    await this.saveList(name, sorted, {
      consumes,
      unverified: unverified.ids,
      sellers: [...sellers],
    })
  }

  /** A group that was saved. */
  private async group(name: ListingName): Promise<Group> {
    try {
      return await readSaved(this.engine, 'lists', listingPath(name), groupSchema)
    } catch (thrown) {
      if (thrown instanceof LostDocumentError) this.reader.discard(name.nonce)
      throw thrown
    }
  }

  private async saveList(
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
      const path = listingPath({ ...name, source })
      await documents.save('lists', path, { v: 1, ...list })
      this.reader.listed(list, path)
      log.info('export.listed', { exportId, source, skus: list.total })
    }
  }

  private async pagesOf(request: ExportRequest, fingerprint: string): Promise<PageSelection> {
    const { startId } = request.scope
    if (request.route !== 'update') return { since: windowOf(request), startId, again: [] }
    const watermark = await latestWatermark(this.engine.documents, fingerprint)
    return { since: watermark?.at, again: watermark?.again ?? [] }
  }
}
