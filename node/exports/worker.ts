// The glossary, and the states of an export and of a source: README.md in this folder.
import { describe, type ErrorSummary } from '../common/errors'
import {
  DeliveryError,
  type FilePublisher,
  isImporting,
  SupersededError,
} from '../delivery/publisher'
import { compactIfDue } from '../published/compaction'
import { Ledger } from '../published/ledger'
import { type Settings, SettingsError, settingsHashOf } from '../settings/settings'
import { ignoreStateError, StateError } from '../state/documents'
import { Lease } from '../state/lease'
import { BatchStep, ReadAhead } from './batchStep'
import { attemptNames } from './documentNames'
import type { Dependencies, WorkEvent } from './engine'
import { isFinal, isRefused, lastFailedAttempt } from './failedAttempts'
import { finish } from './finish'
import { Imports } from './imports'
import { checkPublisher, type Seen, verifyImported } from './intershopChecks'
import { nextStep, type Outcome, type ReadStep, type Step, TURNS_KNOWN } from './nextStep'
import { summarizeProgress } from './openSummary'
import { type StepContext, savePlan } from './plan'
import { QueueReader, type QueueSnapshot, requestOf } from './queue'
import { receiptsOf } from './receipts'
import type { Report } from './report'
import { type SoldSkus, saveWorklist } from './worklist'

/** This long after its event arrived, a run only takes the batch that it has read ahead, and ends complete exports. */
export const RUN_MS = 38_000
/** It stops reading, and begins no other step, this long after its event arrived. */
export const READ_BY_MS = 43_000
/** What a worker that dies can lose. */
export const LONGEST_BATCH_MS = 25_000
/** Short enough that workers that often die make progress all the same. */
const SHORTEST_BATCH_MS = 500
const FIRST_BATCH_MS = 4_000
const LOOK_AGAIN_MS = 5_000
/** How often a run says how far it is; a short one does not. */
const PROGRESS_MS = 5_000
/** What a worker wrote before it died may stay invisible for this time. */
const UNSEEN_MS = 120_000

type Action = Exclude<Step, { kind: 'idle' | 'wait' }>

/** The steps that a worker takes while it has the lease. */
class Run {
  private readonly reader: QueueReader
  private readonly ledger: Ledger
  private settings: Settings | undefined
  /** Fails each export that needs settings, not the run. */
  private settingsError: SettingsError | undefined
  private publisher: FilePublisher | Imports | undefined
  /** It takes no further step: its event waits for an acknowledgement longer after each death. */
  private yields = false
  /** Since the last attempt to compact the ledger. */
  private hasPublished: boolean
  /** The exports of the last steps, newest first. */
  private recent: readonly string[]
  private readonly ahead = new ReadAhead(() => this.msAhead())
  private progressAt: number
  /** When it stops starting steps, UTC milliseconds. */
  private readonly end: number
  /** The last failed attempts, by export. */
  private readonly errors = new Map<string, ErrorSummary>()
  private readonly sold: SoldSkus = new Map()

  constructor(
    private readonly engine: Dependencies,
    private readonly lease: Lease,
    /** How long the next batch may take, in milliseconds. */
    private batchMs: number,
    /** When its event arrived, UTC milliseconds. */
    private readonly arrivedAt: number
  ) {
    this.reader = new QueueReader(engine.documents, engine.clock, lease.handover.highWaterMark)
    this.recent = lease.handover.recent ?? []
    this.progressAt = engine.clock.now()
    this.end = arrivedAt + RUN_MS
    this.ledger = new Ledger(engine)
    this.hasPublished = lease.handover.compacts === true
  }

  async work(): Promise<void> {
    const { clock } = this.engine
    this.settings = await this.engine.settings().catch((thrown: unknown) => {
      if (!(thrown instanceof SettingsError)) throw thrown
      this.settingsError = thrown
      return undefined
    })
    const settingsHash = this.settings ? settingsHashOf(this.settings) : ''
    const latest = this.arrivedAt + READ_BY_MS
    while (!this.yields && (clock.now() < latest || this.ahead.isBegun)) {
      const isOver = clock.now() >= this.end
      const queue = await this.reader.readSettled(settingsHash)
      const action = nextStep({ ...queue, recent: this.recent })
      // A report follows at once.
      if (action.kind !== 'finish') await this.saveProgress(queue)
      this.ahead.keepFor(queue, action)
      // After the end, what is being read already goes on, and an export that is complete ends.
      if (isOver && !this.ahead.isBegun && action.kind !== 'finish') return
      if (!(await this.act(queue, action))) return
    }
  }

  /** @returns false when nothing is left to do, or another worker has the lease now */
  private async act(queue: QueueSnapshot, action: Step): Promise<boolean> {
    const { clock } = this.engine
    const isFree = action.kind === 'idle' || action.kind === 'wait'
    if (isFree && this.hasPublished) await this.compactLedger()
    if (action.kind === 'idle') return false
    if (action.kind === 'wait') {
      const until = Math.min(action.until, this.end, clock.now() + LOOK_AGAIN_MS)
      await clock.sleep(Math.max(1, until - clock.now()))
      return true
    }
    const isFinished = action.kind === 'finish' && action.outcome === 'finished'
    if (isFinished && (await this.reader.isUnsettled(queue, action.exportId))) return true
    try {
      await this.take(queue, action)
    } catch (thrown) {
      if (thrown instanceof SupersededError) return this.lease.isMine()
      if (thrown instanceof StateError) throw thrown
      await this.saveFailedAttempt(queue, action, thrown)
    }
    return true
  }

  /** Whether nothing is left to do. */
  async isOver(): Promise<boolean> {
    return !this.hasPublished && (await this.reader.staysEmpty())
  }

  /** Returns the lease for the next run. */
  async release(): Promise<void> {
    const { highWaterMark } = this.reader
    const { batchMs: slice, recent, hasPublished: compacts } = this
    this.ahead.drop()
    await this.lease.release({ ...this.lease.handover, highWaterMark, slice, recent, compacts })
  }

  async close(): Promise<void> {
    await this.publisher?.close()
  }

  private async saveProgress(queue: QueueSnapshot): Promise<void> {
    const now = this.engine.clock.now()
    if (queue.exports.length === 0 || now - this.progressAt < PROGRESS_MS) return
    this.progressAt = now
    await summarizeProgress(this.engine, queue, this.errors).catch(ignoreStateError)
  }

  /** Folds receipts into the ledger's shards while no step is ready. */
  private async compactLedger(): Promise<void> {
    const { engine, ledger, settings } = this
    this.hasPublished = false
    const receipts = receiptsOf(await this.reader.allDeliveries())
    const isOver = () => engine.clock.now() >= this.end
    this.hasPublished = !(await compactIfDue(engine, ledger, receipts, settings, isOver))
  }

  private async take(queue: QueueSnapshot, action: Action): Promise<void> {
    const { exportId } = action
    if (action.kind === 'finish') return this.finish(queue, exportId, action.outcome)
    this.recent = [exportId, ...this.recent].slice(0, TURNS_KNOWN)
    const { engine, reader, ledger } = this
    const around = { engine, reader, ledger, settings: this.settingsInForce() }
    if (action.kind === 'plan') return savePlan(around, queue, exportId)
    if (action.kind === 'list')
      await saveWorklist({ ...around, sold: this.sold }, queue, action, this.readMs())
    else if (!(await this.read(around, queue, action))) return
    this.batchMs = Math.min(LONGEST_BATCH_MS, this.batchMs * 2)
    // After a death courier delivers the event again later each time: a new event has no such delay.
    this.yields = this.lease.previousOwnerDied
  }

  /** @returns whether it read a batch: where an import is running, it waited for that instead */
  private async read(around: StepContext, queue: QueueSnapshot, action: ReadStep) {
    const { lease, ahead, end: until } = this
    const { clock } = this.engine
    const step = new BatchStep({ ...around, lease, ahead, publisher: () => this.openPublisher() })
    const { diedAt = 0 } = lease.handover
    const isWhole = !this.reader.isBehind() && clock.now() - diedAt >= UNSEEN_MS
    const { isRead, isSent } = await step.read(queue, action, { isWhole, ms: this.readMs(), until })
    this.hasPublished ||= isSent
    // It waits no longer than a run takes steps.
    if (!isRead && clock.now() >= until) ahead.drop()
    return isRead
  }

  /** How long a step that begins now may read, in milliseconds. */
  private readMs(): number {
    return Math.min(this.batchMs, this.arrivedAt + READ_BY_MS - this.engine.clock.now())
  }

  /** The next batch is not begun before the one that is read, where that one is the last of this run. */
  private msAhead(): number {
    const isLast = this.engine.clock.now() >= this.end || this.lease.previousOwnerDied
    return isLast ? 0 : this.readMs()
  }

  private settingsInForce(): Settings {
    if (!this.settings) throw this.settingsError
    return this.settings
  }

  private async openPublisher(): Promise<FilePublisher | Imports> {
    if (this.publisher) return this.publisher
    const { engine, reader } = this
    const opened = await engine.delivery(this.settingsInForce())
    this.publisher = isImporting(opened) ? new Imports(engine, reader, opened) : opened
    return this.publisher
  }

  private async finish(
    queue: QueueSnapshot,
    exportId: string,
    outcome: Outcome,
    error?: Report['error']
  ): Promise<void> {
    const { engine, reader, ledger } = this
    const hasFailed = outcome === 'failed' && !error
    const reason = hasFailed ? await lastFailedAttempt(engine.documents, exportId, true) : error
    const seen = outcome === 'finished' ? await this.lookAtIntershop(queue, exportId) : {}
    await finish({ engine, reader, ledger }, queue, { exportId, outcome, error: reason, ...seen })
  }

  /** Once for an export, at its end. */
  private async lookAtIntershop(queue: QueueSnapshot, exportId: string): Promise<Seen> {
    const { dry, dryRun, verify } = requestOf(queue, exportId)
    const { documents } = this.engine
    if (dryRun) {
      const open = async () => this.engine.delivery(this.settingsInForce(), true)
      return { publisherCheck: await checkPublisher(open) }
    }
    const publisher = verify && !dry ? await this.openPublisher() : undefined
    if (!(publisher instanceof Imports)) return {}
    return { verified: await verifyImported(documents, queue, exportId, publisher.stockOf) }
  }

  /** A permanent error ends the export, or abandons the source; anything else is tried again later. */
  private async saveFailedAttempt(queue: QueueSnapshot, action: Action, thrown: unknown) {
    const { clock, log } = this.engine
    const { exportId, kind: step } = action
    const error = describe(thrown)
    const isOfDelivery = thrown instanceof DeliveryError
    // A batch that takes too long to publish is smaller the next time.
    if (isOfDelivery) this.batchMs = Math.max(SHORTEST_BATCH_MS, this.batchMs / 2)
    this.errors.set(exportId, error)
    const source = 'source' in action && !isOfDelivery ? action.source : undefined
    const { code, message: reason } = error
    log.warn('export.attemptFailed', { exportId, during: step, source, code, reason })
    // The export continues with its other sources.
    const final = source !== undefined && isRefused(thrown)
    if (isFinal(thrown) && !final) return this.finish(queue, exportId, 'failed', error)
    const name = { exportId, at: clock.now(), uniqueId: clock.uniqueId(), source, final }
    const path = attemptNames.build(name)
    await this.reader.save('attempts', path, { v: 1, step, ...error })
  }
}

/**
 * Handles one work event: takes steps for as long as a run may last, then requests the next run.
 * @returns `done` when the event may be acknowledged: the next run was requested, every export has ended, or another
 *   worker will see what this event is about; `again` when courier is to deliver the event once more
 * @throws what VBase or courier throws: the event is to be delivered once more
 */
export async function work(engine: Dependencies, event: WorkEvent): Promise<'done' | 'again'> {
  const { documents, clock } = engine
  const arrivedAt = clock.now()
  const lease = await Lease.await(documents, clock, event.id)
  if (!(lease instanceof Lease)) return lease === 'held' ? 'done' : 'again'
  const slice = lease.previousOwnerDied
    ? SHORTEST_BATCH_MS
    : (lease.handover.slice ?? FIRST_BATCH_MS)
  engine.log.info('run.started', { previousOwnerDied: lease.previousOwnerDied, batchMs: slice })
  const run = new Run(engine, lease, slice, arrivedAt)
  try {
    await run.work().finally(() => run.release())
    if (!(await run.isOver())) await engine.requestRun({ v: 1, id: clock.uniqueId() })
  } finally {
    // The next run does not wait for it.
    await run.close()
  }
  return 'done'
}
