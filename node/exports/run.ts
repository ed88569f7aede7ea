import { DeliveryError, type DeliveryWay, SupersededError } from '../delivery/delivery'
import { describe } from '../errors'
import { fingerprint as fingerprintOf, type Settings, SettingsError } from '../settings/settings'
import { StateError } from '../state/documents'
import type { Lease } from '../state/lease'
import type { Engine } from './engine'
import { finish } from './finish'
import { type Line, LineReader } from './line'
import { setbackPath } from './names'
import { type Action, next } from './next'
import type { Report } from './report'
import { isFinal, isRefused, lastSetback } from './setback'
import { Steps } from './steps'

/** From the arrival of its event on, a run takes on new steps for so long. */
export const RUN_MS = 18_000
/** A worker that dies loses no more than this. */
export const LONGEST_SLICE_MS = 25_000
/** Workers that die often still get on, since they begin small. */
export const SHORTEST_SLICE_MS = 500
/** What another worker wrote is taken to be visible after this. */
export const SETTLE_MS = 1_000
const STALE_MS = 5_000
const LOOK_AGAIN_MS = 5_000

/** A worker's time on the line, while it has the lease. */
export class Run {
  private readonly reader: LineReader
  private readonly startedAt: number
  private readonly settled = new Set<string>()
  private settings: Settings | undefined
  private settingsError: SettingsError | undefined
  private way: DeliveryWay | undefined
  private highWater = 0
  private handsOver = false

  constructor(
    private readonly engine: Engine,
    private readonly lease: Lease,
    /** How long the next slice may take, in milliseconds. */
    private slice: number,
    /** When it takes on no more steps, UTC milliseconds. */
    private readonly end: number
  ) {
    this.reader = new LineReader(engine.documents, engine.clock)
    this.startedAt = engine.clock.now()
  }

  async start(): Promise<void> {
    try {
      this.settings = await this.engine.settings()
    } catch (thrown) {
      if (!(thrown instanceof SettingsError)) throw thrown
      this.settingsError = thrown
    }
  }

  async work(): Promise<void> {
    const { clock } = this.engine
    while (clock.now() < this.end && !this.handsOver) {
      const line = await this.look()
      const action = next(line)
      if (action.kind === 'idle') return
      if (this.isUnsettled(action, line)) await clock.sleep(SETTLE_MS)
      else if (action.kind === 'wait') await this.wait(action.until)
      else if (!(await this.attempt(line, action))) return
    }
  }

  /**
   * Whether the line is empty, seen after the lease was given back, since events that came meanwhile were
   * sent away; and a moment later, since what was accepted just now may not be visible yet.
   */
  async leftNothing(): Promise<boolean> {
    if (next(await this.look()).kind !== 'idle') return false
    await this.engine.clock.sleep(SETTLE_MS)
    return next(await this.look()).kind === 'idle'
  }

  async close(): Promise<void> {
    // First the lease: nobody is to wait for a server that does not say goodbye.
    try {
      await this.lease.release({ highWater: this.highWater, slice: this.slice })
    } finally {
      await this.way?.close()
    }
  }

  private get fingerprint() {
    return this.settings ? fingerprintOf(this.settings) : ''
  }

  /** Reads the line, until it shows at least what the worker before knew. */
  private async look(): Promise<Line> {
    const { clock } = this.engine
    let line = await this.reader.read(this.fingerprint)
    while (
      line.highWater < this.lease.legacy.highWater &&
      clock.now() - this.startedAt < STALE_MS
    ) {
      await clock.sleep(SETTLE_MS / 4)
      line = await this.reader.read(this.fingerprint)
    }
    this.highWater = Math.max(this.highWater, line.highWater, this.lease.legacy.highWater)
    return line
  }

  /**
   * An export ends only when a second look, a moment later, sees no more deliveries than the first: one
   * of a worker that we cannot see yet would have to be made good first.
   */
  private isUnsettled(action: Action, line: Line): boolean {
    if (action.kind !== 'finish' || action.outcome !== 'delivered') return false
    const sight = `${action.exportId} ${line.deliveries.length}`
    if (this.settled.has(sight)) return false
    this.settled.add(sight)
    return true
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
    if (!this.settings) throw this.settingsError
    const steps = new Steps(this.engine, this.reader, this.lease, this.settings, () => this.open())
    if (action.kind === 'plan') return steps.planning.plan(line, action.exportId)
    if (action.kind === 'list') return steps.planning.list(line, action.exportId, action.source)
    const { exportId, source, range } = action
    await steps.read(line, exportId, source, range, this.slice)
    this.slice = Math.min(LONGEST_SLICE_MS, this.slice * 2)
    // An event whose worker died comes back later each time: what was gained goes on with a new one.
    this.handsOver = this.lease.afterDeath
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
        ? (error ?? (await lastSetback(this.engine.documents, exportId)))
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
    log.warn('export.setback', { exportId, during: step, source, code, reason })
    // The other sources go on.
    const final = source !== undefined && isRefused(thrown)
    if (isFinal(thrown) && !final) return this.finish(line, exportId, 'failed', error)
    const name = { exportId, at: clock.now(), nonce: clock.nonce(), source, final }
    const path = setbackPath(name)
    await documents.save('setbacks', path, { v: 1, step, ...error })
    this.reader.wrote('setbacks', path)
  }
}
