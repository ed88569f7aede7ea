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
import { planPath } from './documentNames'
import type { Dependencies } from './engine'
import { type ExportRequest, isIdentical, isSmall } from './exportRequest'
import type { Plan } from './planDocuments'
import { type QueueReader, type QueueSnapshot, requestOf } from './queue'
import { breadthOf, windowOf } from './selection'

/** The step that decides what an export reads. */
export class Planning {
  constructor(
    private readonly engine: Dependencies,
    private readonly reader: QueueReader,
    private readonly settings: Settings
  ) {}

  /** Decides what an export reads, as far as no SKU ids have to be listed. @throws {StateError} */
  async plan(line: QueueSnapshot, exportId: string): Promise<void> {
    const { documents, clock, log } = this.engine
    const request = requestOf(line, exportId)
    const startedAt = clock.now()
    const settingsHash = settingsHashOf(this.settings)
    const checkpoints = await this.checkpoints(request, startedAt)
    const read = this.engine.sources(request, this.settings, () => clock.now())
    const bySku = CHANGING_SOURCES.some((name) => read[name])
    const covers = coalescible(line, exportId)
    const breadth = await breadthOf(request, this.engine, line, checkpoints)
    const everything = bySku && breadth.everything
    const isIdle =
      request.route === 'update' &&
      !everything &&
      !request.force &&
      (await namesTaken(this.engine)).length === 0
    const plan: Plan = {
      ...{ v: 1, exportId, uniqueId: clock.nonce(), startedAt, covers, everything },
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

/** Exports that wait and ask for the same as this one, to be covered when it starts. */
export function coalescible(line: QueueSnapshot, exportId: string): string[] {
  const request = line.requests.get(exportId)
  if (!request) return []
  const waiting = line.exports.filter((state) => !state.planned && !state.coveredBy)
  return waiting
    .filter((state) => state.exportId !== exportId && !state.cancelled)
    .filter((state) => {
      const other = line.requests.get(state.exportId)
      return other !== undefined && isIdentical(request, other) && reachesBackTo(other, request)
    })
    .map((state) => state.exportId)
}

/** A window counts back from when it was accepted: that of a later request begins too late for an earlier one. */
const reachesBackTo = (other: ExportRequest, { acceptedAt, scope: { minutes } }: ExportRequest) =>
  minutes === undefined || acceptedAt <= other.acceptedAt
