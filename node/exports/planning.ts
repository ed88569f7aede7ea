import { fingerprint as fingerprintOf, type Settings } from '../settings/settings'
import {
  CHANGING_SOURCES,
  isSkuSource,
  type SkuSourceName,
  type SourceName,
  STOCK_SOURCES,
} from '../sources/source'
import { StateError } from '../state/documents'
import {
  type Checkpoints,
  changeLogStart,
  listCheckpoints,
  readWatermark,
  removeCheckpoints,
  saveCheckpoint,
  superseded,
} from './checkpoints'
import { coverable } from './covering'
import type { Engine } from './engine'
import { type Line, type LineReader, requestOf } from './line'
import { listPath, planPath } from './names'
import { type List, type Plan, saveChunks, sortedIds } from './plan'
import { type ExportRequest, isSmall } from './scope'
import {
  breadthOf,
  type Selection,
  selectAll,
  selectChanged,
  selectNothing,
  windowOf,
} from './selection'
import { listVanishing } from './vanishing'

/** The steps that decide what an export reads. */
export class Planning {
  constructor(
    private readonly engine: Engine,
    private readonly reader: LineReader,
    private readonly settings: Settings
  ) {}

  /** Decides what an export reads, as far as no upstream has to be asked. @throws {StateError} */
  async plan(line: Line, exportId: string): Promise<void> {
    const { documents, clock, log } = this.engine
    const request = requestOf(line, exportId)
    const startedAt = clock.now()
    const fingerprint = fingerprintOf(this.settings)
    const checkpoints = await this.checkpoints(request, startedAt)
    const read = this.engine.sources(request, this.settings, () => clock.now())
    const bySku = CHANGING_SOURCES.some((name) => read[name])
    const covers = coverable(line, exportId)
    const breadth = await breadthOf(request, this.engine, line, checkpoints)
    const everything = bySku && breadth.everything
    const select = bySku ? selectChanged : selectNothing
    const selection = everything ? undefined : select(request, this.engine)
    const plan: Plan = {
      ...{ v: 1, exportId, nonce: clock.nonce(), startedAt, covers, everything },
      notes: bySku ? breadth.notes : [],
      sources: [
        ...STOCK_SOURCES.filter((name) => read[name]),
        // An export of what changed meets what a guard kept back only by chance.
        ...(request.force || !isSmall(request) ? (['vanished'] as const) : []),
      ],
      ...(selection && { list: await this.save(request, selection) }),
      ...(read.centra && { centra: await this.pagesOf(request, checkpoints) }),
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
    const { clock } = this.engine
    const request = requestOf(line, exportId)
    const sources = this.engine.sources(request, this.settings, () => clock.now())
    if (source === 'vanished') {
      const found = await listVanishing(this.engine, line, exportId, sources, this.settings)
      return this.saveList(exportId, Float64Array.from(found.skuIds), { withheld: found.withheld })
    }
    const { [source]: asked } = sources
    if (!asked) throw new StateError(`the plan of ${exportId} cannot be read`)
    // Not of everything: then the list of the plan was lost.
    if (!everything) return this.save(request, selectChanged(request, this.engine))
    return this.save(request, selectAll(request, asked, this.engine))
  }

  private async save(
    { exportId, scope }: ExportRequest,
    { ids, consumes, unverified }: Selection
  ): Promise<List> {
    const sorted = await sortedIds(ids, scope.startId)
    const doubted = unverified.ids
    const list = { consumes, ...(doubted.length > 0 && { unverified: doubted }) }
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

  private async pagesOf(request: ExportRequest, checkpoints: Checkpoints): Promise<Plan['centra']> {
    const { startId } = request.scope
    if (request.route !== 'update') return { since: windowOf(request), startId, again: [] }
    const { documents } = this.engine
    const watermark = await readWatermark(documents, checkpoints, fingerprintOf(this.settings))
    return watermark ?? { again: [] }
  }

  /** What an export goes by. Those that it supersedes are removed, and changes are recorded from the first one on. */
  private async checkpoints(
    { exportId, dry }: ExportRequest,
    startedAt: number
  ): Promise<Checkpoints> {
    const { documents } = this.engine
    const settingsHash = fingerprintOf(this.settings)
    const checkpoints = await listCheckpoints(documents)
    if (!dry) await removeCheckpoints(documents, superseded(checkpoints, settingsHash))
    if (changeLogStart(checkpoints) === undefined) {
      const kind = 'changeLogStart'
      await saveCheckpoint(documents, { kind, at: startedAt, settingsHash, exportId })
    }
    return checkpoints
  }
}
