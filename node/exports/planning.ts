import { pendingDue } from '../changes/pending'
import { latestWatermark } from '../changes/watermarks'
import { fingerprint as fingerprintOf, type Settings } from '../settings/settings'
import { CHANGING_SOURCES, type PageSelection, STOCK_SOURCES } from '../sources/source'
import { forgetOtherBaselines } from './baseline'
import { coverable } from './covering'
import type { Engine } from './engine'
import { type Line, type LineReader, requestOf } from './line'
import { planPath } from './names'
import type { Plan } from './plan'
import { type ExportRequest, isSmall } from './scope'
import { breadthOf, windowOf } from './selection'

/** The step that decides what an export reads. */
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
      !request.force &&
      (await pendingDue(this.engine, startedAt)).length === 0
    const plan: Plan = {
      ...{ v: 1, exportId, nonce: clock.nonce(), startedAt, covers, everything },
      notes: bySku ? breadth.notes : [],
      sources: [
        ...STOCK_SOURCES.filter((name) => read[name]),
        ...(read.centra && (request.force || !isSmall(request)) ? (['centraRows'] as const) : []),
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

  private async pagesOf(request: ExportRequest, fingerprint: string): Promise<PageSelection> {
    const { startId } = request.scope
    if (request.route !== 'update') return { since: windowOf(request), startId, again: [] }
    const watermark = await latestWatermark(this.engine.documents, fingerprint)
    return { since: watermark?.at, again: watermark?.again ?? [] }
  }
}
