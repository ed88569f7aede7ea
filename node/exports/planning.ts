import { namesTaken } from '../changes/pendingChanges'
import { type Settings, settingsHashOf } from '../settings/settings'
import { CHANGING_SOURCES, STOCK_SOURCES } from '../sources/source'
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
    const settingsHash = settingsHashOf(this.settings)
    const checkpoints = await this.checkpoints(request, startedAt)
    const read = this.engine.sources(request, this.settings, () => clock.now())
    const bySku = CHANGING_SOURCES.some((name) => read[name])
    const covers = coverable(line, exportId)
    const breadth = await breadthOf(request, this.engine, line, checkpoints)
    const everything = bySku && breadth.everything
    const isIdle =
      request.route === 'update' &&
      !everything &&
      !request.force &&
      (await namesTaken(this.engine)).length === 0
    const plan: Plan = {
      ...{ v: 1, exportId, nonce: clock.uniqueId(), startedAt, covers, everything },
      notes: bySku ? breadth.notes : [],
      sources: [
        ...STOCK_SOURCES.filter((name) => read[name]),
        ...(read.centra && (request.force || !isSmall(request)) ? (['centraRows'] as const) : []),
      ],
      ...(isIdle && { nothingPending: true }),
      ...(read.centra && { centra: await this.pagesOf(request, checkpoints) }),
    }
    const path = planPath(settingsHash, plan)
    await documents.save('plans', path, plan)
    this.reader.planned(plan, path)
    const sources = plan.sources.join()
    log.info('export.planned', { exportId, sources, everything, covers: covers.length })
  }

  private async pagesOf(request: ExportRequest, checkpoints: Checkpoints): Promise<Plan['centra']> {
    const { startId } = request.scope
    if (request.route !== 'update') return { since: windowOf(request), startId, again: [] }
    const { documents } = this.engine
    const watermark = await readWatermark(documents, checkpoints, settingsHashOf(this.settings))
    return watermark ?? { again: [] }
  }

  /** What an export goes by. Those that it supersedes are removed, and changes are recorded from the first one on. */
  private async checkpoints(
    { exportId, dry }: ExportRequest,
    startedAt: number
  ): Promise<Checkpoints> {
    const { documents } = this.engine
    const settingsHash = settingsHashOf(this.settings)
    const checkpoints = await listCheckpoints(documents)
    if (!dry) await removeCheckpoints(documents, superseded(checkpoints, settingsHash))
    if (changeLogStart(checkpoints) === undefined) {
      const kind = 'changeLogStart'
      await saveCheckpoint(documents, { kind, at: startedAt, settingsHash, exportId })
    }
    return checkpoints
  }
}
