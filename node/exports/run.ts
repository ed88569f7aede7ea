import { describe } from '../common/errors'
import { DeliveryError, type DeliveryWay, SupersededError } from '../delivery/delivery'
import { compact, isCompactionDue } from '../published/compaction'
import { Ledger } from '../published/ledger'
import { type Settings, SettingsError, settingsHashOf } from '../settings/settings'
import { StateError } from '../state/documents'
import type { Lease } from '../state/lease'
import type { Engine } from './engine'
import { finish } from './finish'
import { type Line, LineReader } from './line'
import { setbackNames } from './names'
import { type Action, next, TURNS_KNOWN } from './next'
import { receiptsOf } from './receipts'
import type { Report } from './report'
import { isFinal, isRefused, lastSetback } from './setback'
import { Steps } from './steps'

/** From the arrival of its event on, a run takes on new steps for so long. */
export const RUN_MS = 30_000
/** Whatever it reads, it has read by then. */
export const READ_BY_MS = 43_000
/** A worker that dies loses no more than this. */
export const LONGEST_SLICE_MS = 25_000
/** Workers that die often still get on, since they begin small. */
export const SHORTEST_SLICE_MS = 500
/** What another worker wrote is taken to be visible after this. */
export const SETTLE_MS = 1_000
const STALE_MS = 5_000
const LOOK_AGAIN_MS = 5_000
/** What a worker wrote that died may not be visible before. */
const UNSEEN_MS = 120_000

/** A worker's time on the line, while it has the lease. */
export class Run {
  private readonly reader: LineReader
  private readonly startedAt: number
  private readonly ledger: Ledger
  private settings: Settings | undefined
  private settingsError: SettingsError | undefined
  private way: DeliveryWay | undefined
  private handsOver = false
  /** Since the ledger was last looked at. */
  private hasPublished: boolean
  /** Whose turn it was lately, latest first. */
  private recent: readonly string[]

  constructor(
    private readonly engine: Engine,
    private readonly lease: Lease,
    /** How long the next slice may take, in milliseconds. */
    private slice: number,
    /** When its event arrived, UTC milliseconds. */
    private readonly arrivedAt: number
  ) {
    this.reader = new LineReader(engine.documents, engine.clock, lease.handover.highWaterMark)
    this.recent = lease.handover.recent ?? []
    this.startedAt = engine.clock.now()
    this.ledger = new Ledger(engine)
    this.hasPublished = lease.handover.compacts === true
  }

  async start(): Promise<void> {
    try {
      this.settings = await this.engine.settings()
    } catch (thrown) {
      if (!(thrown instanceof SettingsError)) throw thrown
      this.settingsError = thrown
    }
  }

  /** When it takes on no more steps, UTC milliseconds. */
  private get end() {
    return this.arrivedAt + RUN_MS
  }

  async work(): Promise<void> {
    const { clock } = this.engine
    while (clock.now() < this.end && !this.handsOver) {
      const line = await this.look()
      const action = next({ ...line, recent: this.recent })
      const isFree = action.kind === 'idle' || action.kind === 'wait'
      if (isFree && this.hasPublished) await this.compactLedger()
      if (action.kind === 'idle') return
      if (action.kind === 'wait') await this.wait(action.until)
      else if (await this.isUnsettled(action, line)) continue
      else if (!(await this.attempt(line, action))) return
    }
  }

  /**
   * Whether the line is empty, as far as this run knows, and seen a moment after the lease was given back: events that
   * came meanwhile were sent away, and what was accepted just then may not be visible at once.
   */
  async leftNothing(): Promise<boolean> {
    if (this.hasPublished) return false
    if (this.reader.isSomethingOpen && !(await this.reader.isEmpty())) return false
    await this.engine.clock.sleep(SETTLE_MS)
    return this.reader.isEmpty()
  }

  async close(): Promise<void> {
    // First the lease: nobody is to wait for a server that does not say goodbye.
    const { reader, slice, recent, hasPublished: compacts } = this
    const { diedAt } = this.lease.handover
    try {
      await this.lease.release({ highWaterMark: reader.highWater, slice, recent, diedAt, compacts })
    } finally {
      await this.way?.close()
    }
  }

  private get settingsHash() {
    return this.settings ? settingsHashOf(this.settings) : ''
  }

  /** Reads the line, until it shows at least what the worker before knew. */
  private async look(): Promise<Line> {
    const { clock } = this.engine
    for (;;) {
      const line = await this.reader.read(this.settingsHash)
      const isLate = clock.now() - this.startedAt >= STALE_MS
      if (isLate || line.exports.length === 0 || !this.reader.isBehind()) return line
      await clock.sleep(SETTLE_MS)
    }
  }

  /** Whether all that was sent is surely among what is known. */
  private isLedgerWhole(): boolean {
    const { diedAt = 0 } = this.lease.handover
    return !this.reader.isBehind() && this.engine.clock.now() - diedAt >= UNSEEN_MS
  }

  /** Folds what was sent into the ledger's shards, when nothing else is to be done. */
  private async compactLedger(): Promise<void> {
    const { documents, clock, log } = this.engine
    this.hasPublished = false
    const receipts = receiptsOf(await this.reader.allDeliveries())
    const { generation, receipts: left } = await this.ledger.at(receipts).base()
    if (!isCompactionDue(generation, left)) return
    const isOver = () => clock.now() >= this.end
    const uniqueId = () => clock.uniqueId()
    this.hasPublished = !(await compact({ documents, uniqueId, isOver }, this.ledger, receipts))
    this.ledger.renew()
    log.info('ledger.compacted', { receipts: left.length, isWhole: !this.hasPublished })
  }

  /**
   * An export ends only when a second look, a moment later, sees no more deliveries than the first: one
   * of a worker that we cannot see yet would have to be made good first. There is nothing to be made good where
   * nothing was delivered.
   */
  private async isUnsettled(action: Action, { deliveries }: Line): Promise<boolean> {
    if (action.kind !== 'finish' || action.outcome !== 'finished') return false
    if (!deliveries.some(({ exportId }) => exportId === action.exportId)) return false
    await this.engine.clock.sleep(SETTLE_MS)
    return (await this.reader.newDeliveries()) > 0
  }

  private async wait(until: number): Promise<void> {
    const { clock } = this.engine
    const end = Math.min(until, this.end, clock.now() + LOOK_AGAIN_MS)
    await clock.sleep(Math.max(1, end - clock.now()))
  }

  /** @returns false when another worker has the line now */
  private async attempt(line: Line, action: Exclude<Action, { kind: 'idle' | 'wait' }>) {
    const { exportId } = action
    try {
      await this.take(line, action)
      return true
    } catch (thrown) {
      if (thrown instanceof SupersededError) return await this.lease.isMine()
      if (thrown instanceof StateError) throw thrown
      await this.setBack(line, exportId, action, thrown)
      return true
    }
  }

  private async take(line: Line, action: Exclude<Action, { kind: 'idle' | 'wait' }>) {
    if (action.kind === 'finish') return this.finish(line, action.exportId, action.outcome)
    this.recent = [action.exportId, ...this.recent].slice(0, TURNS_KNOWN)
    if (!this.settings) throw this.settingsError
    const steps = new Steps(this.engine, this.reader, this.lease, this.settings, {
      ledger: this.ledger,
      way: () => this.open(),
    })
    if (action.kind === 'plan') return steps.planning.plan(line, action.exportId)
    const { exportId, source } = action
    const ms = Math.min(this.slice, this.arrivedAt + READ_BY_MS - this.engine.clock.now())
    if (action.kind === 'list') await steps.worklists.list(line, exportId, source, ms)
    else {
      const around = { isWhole: this.isLedgerWhole(), ms }
      const isSent = await steps.read(line, exportId, source, action.range, around)
      this.hasPublished ||= isSent
    }
    this.slice = Math.min(LONGEST_SLICE_MS, this.slice * 2)
    // An event whose worker died comes back later each time: what was gained goes on with a new one.
    this.handsOver = this.lease.previousOwnerDied
  }

  private async open(): Promise<DeliveryWay> {
    if (!this.settings) throw this.settingsError
    this.way ??= await this.engine.delivery(this.settings)
    return this.way
  }

  private async finish(
    line: Line,
    exportId: string,
    outcome: Parameters<typeof finish>[4],
    error?: Report['error']
  ) {
    const reason =
      outcome === 'failed'
        ? (error ?? (await lastSetback(this.engine.documents, exportId, true)))
        : undefined
    await finish(this.engine, this.reader, line, exportId, outcome, reason)
  }

  /** What will go wrong again ends the export; what may pass is noted and tried again later. */
  private async setBack(line: Line, exportId: string, action: Action, thrown: unknown) {
    const { documents, clock, log } = this.engine
    const error = describe(thrown)
    const step = action.kind
    // What takes too long to publish is less the next time.
    if (thrown instanceof DeliveryError) this.slice = Math.max(SHORTEST_SLICE_MS, this.slice / 2)
    const isOfSource = 'source' in action && !(thrown instanceof DeliveryError)
    const source = isOfSource ? action.source : undefined
    const { code, message: reason } = error
    log.warn('export.attemptFailed', { exportId, during: step, source, code, reason })
    // The other sources go on.
    const final = source !== undefined && isRefused(thrown)
    if (isFinal(thrown) && !final) return this.finish(line, exportId, 'failed', error)
    const name = { exportId, at: clock.now(), nonce: clock.uniqueId(), source, final }
    const path = setbackNames.build(name)
    await documents.save('attempts', path, { v: 1, step, ...error })
    this.reader.wrote('attempts', path)
  }
}
