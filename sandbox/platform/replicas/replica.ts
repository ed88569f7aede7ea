import { Worker, type WorkerCommand } from './process'

const RESTART_DELAY = 100
const MAX_RESTART_DELAY = 5_000
/** A suspended worker still gets requests, as in VTEX IO. */
const SUSPENDING: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT']

/** One worker process that is restarted whenever it ends, until `stop`. With a standby process it is replaced at once. */
export class Replica {
  private current: Worker | undefined
  private standby: Worker | undefined
  private routed = true
  private failures = 0
  private restart: NodeJS.Timeout | undefined
  private stopped = false

  /** Calls `onUp` whenever the worker listens, `onDown` whenever it ends. */
  constructor(
    private readonly command: WorkerCommand,
    private readonly keepsStandby: boolean,
    private readonly onUp: () => void,
    private readonly onDown: () => void
  ) {
    this.start()
  }

  /** The port on 127.0.0.1; undefined while the worker is down. */
  get port(): number | undefined {
    return this.routed ? this.current?.port : undefined
  }

  /** Undefined while no process runs. */
  get pid(): number | undefined {
    return this.current?.pid
  }

  /** Number of consecutive starts that ended before the worker listened. */
  get failedStarts(): number {
    return this.failures
  }

  /** Sends a signal to the process; after a signal that ends it, it gets no more requests. */
  kill(signal: NodeJS.Signals): void {
    if (!SUSPENDING.includes(signal)) this.routed = false
    this.current?.kill(signal)
  }

  /** Stops the worker. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.restart)
    await Promise.all([this.current?.end(), this.standby?.end()])
  }

  private start(): void {
    this.current = this.standby ?? this.spawn()
    this.standby = undefined
    this.routed = true
    if (this.current.port !== undefined) this.up()
  }

  private spawn(): Worker {
    const worker: Worker = new Worker(
      this.command,
      () => worker === this.current && this.up(),
      () => this.ended(worker)
    )
    return worker
  }

  private up(): void {
    this.failures = 0
    if (this.keepsStandby) this.standby ??= this.spawn()
    this.onUp()
  }

  private ended(worker: Worker): void {
    if (worker === this.standby) this.standby = undefined
    if (worker !== this.current) return
    this.current = undefined
    this.failures = worker.wasUp ? 0 : this.failures + 1
    this.onDown()
    if (this.stopped) return
    // Backoff: an app that cannot start must not keep a core busy.
    const delay = Math.min(RESTART_DELAY * 2 ** this.failures, MAX_RESTART_DELAY)
    this.restart = setTimeout(() => this.start(), delay)
  }
}
