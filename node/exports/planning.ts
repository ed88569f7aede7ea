import { latestWatermark } from '../changes/watermarks'
import type { Entry } from '../published/entry'
import type { Ledger } from '../published/ledger'
import { soldSkus } from '../published/soldSkus'
import { sourceOfSeller } from '../settings/sellers'
import { fingerprint as fingerprintOf, type Settings } from '../settings/settings'
import {
  CHANGING_SOURCES,
  isSkuSource,
  type PageSelection,
  type SkuSourceName,
  type SourceName,
  STOCK_SOURCES,
} from '../sources/source'
import { StateError } from '../state/documents'
import { forgetOtherBaselines } from './baseline'
import { coverable } from './covering'
import type { Engine } from './engine'
import { type Line, type LineReader, requestOf } from './line'
import { listPath, planPath } from './names'
import { type List, type Plan, saveChunks, sortedIds } from './plan'
import { receiptsOf } from './receipts'
import { type ExportRequest, isSmall } from './scope'
import {
  breadthOf,
  type Selection,
  selectAll,
  selectChanged,
  selectNothing,
  windowOf,
} from './selection'
import { listUnseenRows } from './unseenRows'

/** The steps that decide what an export reads. */
export class Planning {
  constructor(
    private readonly engine: Engine,
    private readonly reader: LineReader,
    private readonly settings: Settings,
    private readonly ledger: Ledger
  ) {}

  /** Decides what an export reads, as far as no upstream has to be asked. @throws {StateError} */
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
    const around = { documents, clock, now: startedAt }
    const select = bySku ? selectChanged : selectNothing
    // What is held is known of each source apart.
    const isListed = !everything && !request.force
    const selection = isListed ? select(request, around) : undefined
    const plan: Plan = {
      ...{ v: 1, exportId, nonce: clock.nonce(), startedAt, covers, everything },
      notes: bySku ? breadth.notes : [],
      sources: [
        ...STOCK_SOURCES.filter((name) => read[name]),
        ...(read.centra && (request.force || !isSmall(request)) ? (['centraRows'] as const) : []),
      ],
      ...(selection && { list: await this.save(request, selection) }),
      ...(read.centra && { centra: await this.pagesOf(request, fingerprint) }),
    }
    const path = planPath(fingerprint, plan)
    await documents.save('plans', path, plan)
    this.reader.planned(plan, path)
    const sources = plan.sources.join()
    const skus = plan.list?.total
    log.info('export.planned', { exportId, sources, everything, skus, covers: covers.length })
  }

  /** Lists the SKUs that an export asks a source for. @throws {UpstreamError} {@link StateError} */
  async list(line: Line, exportId: string, source: SourceName): Promise<void> {
    const { documents, log } = this.engine
    const plan = line.plans.get(exportId)
    if (!plan || !isSkuSource(source))
      throw new StateError(`the plan of ${exportId} cannot be read`)
    const list = await this.listOf(line, plan, source)
    const path = listPath(plan, source, list.nonce)
    await documents.save('lists', path, { v: 1, ...list })
    this.reader.listed(list, path)
    log.info('export.listed', { exportId, source, skus: list.total })
  }

  private async listOf(
    line: Line,
    { exportId, everything }: Plan,
    source: SkuSourceName
  ): Promise<List> {
    const { documents, clock } = this.engine
    const request = requestOf(line, exportId)
    const sources = this.engine.sources(request, this.settings, () => clock.now())
    const ledger = await this.ledger.at(receiptsOf(line.deliveries))
    if (source === 'centraRows') {
      const found = await listUnseenRows(this.engine, ledger, line, exportId, this.settings)
      return this.saveList(exportId, Float64Array.from(found.skuIds), { withheld: found.withheld })
    }
    const { [source]: asked } = sources
    if (!asked) throw new StateError(`the plan of ${exportId} cannot be read`)
    const around = { documents, clock, now: clock.now() }
    const select = everything ? selectAll(request, asked, around) : selectChanged(request, around)
    if (!everything && !request.force) return this.save(request, select)
    const sellers = new Set<string>()
    let hasListed = false
    const isAsked = ({ sellerId, heldAt }: Entry) =>
      sourceOfSeller(this.settings, sellerId) === source &&
      (request.scope.sellerId === undefined || request.scope.sellerId === sellerId) &&
      // An export of what changed meets what a guard kept back only by chance.
      (everything || heldAt !== undefined)
    async function* union() {
      for await (const ids of select.ids) {
        hasListed ||= ids.length > 0
        yield ids
      }
      yield* soldSkus(ledger, isAsked, sellers)
    }
    const withheld = async () => {
      if (request.force || hasListed || sellers.size === 0) return []
      const inactive = await sources.direct.inactiveSellers()
      return [...sellers].filter((sellerId) => !inactive.has(sellerId))
    }
    return this.save(request, { ...select, ids: union() }, withheld)
  }

  private async save(
    { exportId, scope }: ExportRequest,
    { ids, consumes, unverified }: Selection,
    withheldNow: () => Promise<string[]> = async () => []
  ): Promise<List> {
    const sorted = await sortedIds(ids, scope.startId)
    const doubted = unverified.ids
    const withheld = await withheldNow()
    const list = { consumes, withheld, ...(doubted.length > 0 && { unverified: doubted }) }
    return this.saveList(exportId, sorted, list)
  }

  private saveList(
    exportId: string,
    ids: Float64Array,
    list: Partial<Pick<List, 'consumes' | 'withheld' | 'unverified'>>
  ): Promise<List> {
    const named = { nonce: this.engine.clock.nonce(), consumes: [], ...list }
    return saveChunks(this.engine.documents, exportId, named, ids)
  }

  private async pagesOf(request: ExportRequest, fingerprint: string): Promise<PageSelection> {
    const { startId } = request.scope
    if (request.route !== 'update') return { since: windowOf(request), startId, again: [] }
    const watermark = await latestWatermark(this.engine.documents, fingerprint)
    return { since: watermark?.at, again: watermark?.again ?? [] }
  }
}
