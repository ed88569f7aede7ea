import { latestWatermark } from '../changes/watermarks'
import { fingerprint as fingerprintOf, type Settings } from '../settings/settings'
import { TRUSTED_MS } from '../sources/contexts'
import {
  isSkuSource,
  type PageSelection,
  SKU_SOURCES,
  SOURCES,
  type SourceName,
} from '../sources/source'
import { StateError } from '../state/documents'
import { forgetOtherBaselines } from './baseline'
import { coverable } from './covering'
import type { Engine } from './engine'
import { type Line, type LineReader, requestOf } from './line'
import { listPath, planPath } from './names'
import { type List, type Plan, saveChunks, sortedIds } from './plan'
import type { ExportRequest } from './scope'
import {
  breadthOf,
  modifications,
  type Selection,
  selectAll,
  selectChanged,
  selectNothing,
  windowOf,
} from './selection'

/** Nobody modified it, as far as this matters. */
const NEVER = () => 0

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
    const read = this.engine.sources(request, this.settings, () => clock.now())
    const bySku = SKU_SOURCES.some((name) => read[name])
    const covers = coverable(line, exportId)
    if (!request.dry) await forgetOtherBaselines(documents, fingerprint)
    const breadth = await breadthOf(request, documents, line)
    const everything = bySku && breadth.everything
    const around = { documents, now: startedAt }
    const select = bySku ? selectChanged : selectNothing
    const selection = everything ? undefined : select(request, around)
    const plan: Plan = {
      ...{ v: 1, exportId, nonce: clock.nonce(), startedAt, covers, everything },
      notes: bySku ? breadth.notes : [],
      sources: SOURCES.filter((name) => read[name]),
      ...(selection && { list: await this.save(request, selection) }),
      ...(read.centra && { centra: await this.pagesOf(request, fingerprint) }),
    }
    const path = planPath(exportId, fingerprint, plan.nonce)
    await documents.save('plans', path, plan)
    this.reader.planned(plan, path)
    const sources = plan.sources.join()
    const skus = plan.list?.total
    log.info('export.planned', { exportId, sources, everything, skus, covers: covers.length })
  }

  /** Lists the SKUs that an export asks a source for. @throws {UpstreamError} {@link StateError} */
  async list(line: Line, exportId: string, source: SourceName): Promise<void> {
    const { documents, clock, log } = this.engine
    const request = requestOf(line, exportId)
    const plan = line.plans.get(exportId)
    const sources = this.engine.sources(request, this.settings, () => clock.now())
    const asked = isSkuSource(source) ? sources[source] : undefined
    if (!plan || !asked) throw new StateError(`the plan of ${exportId} cannot be read`)
    const now = clock.now()
    const around = { documents, now }
    const list = plan.everything
      ? await this.save(
          request,
          selectAll(request, asked, around),
          (await modifications(documents, now - TRUSTED_MS, now)).at
        )
      : // The list of the plan was lost.
        await this.save(request, selectChanged(request, around))
    const path = listPath(plan, source, list.nonce)
    await documents.save('lists', path, { v: 1, ...list })
    this.reader.listed(list, path)
    log.info('export.listed', { exportId, source, skus: list.total })
  }

  private async save(
    { exportId, scope }: ExportRequest,
    { ids, consumes }: Selection,
    modifiedAt: (skuId: number) => number = NEVER
  ): Promise<List> {
    const sorted = await sortedIds(ids, scope.startId)
    const list = { nonce: this.engine.clock.nonce(), consumes }
    return saveChunks(this.engine.documents, exportId, list, sorted, modifiedAt)
  }

  private async pagesOf(request: ExportRequest, fingerprint: string): Promise<PageSelection> {
    const { startId } = request.scope
    if (request.route !== 'update') return { since: windowOf(request), startId, again: [] }
    const watermark = await latestWatermark(this.engine.documents, fingerprint)
    return { since: watermark?.at, again: watermark?.again ?? [] }
  }
}
