import { EventEmitter, once } from 'node:events'
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { WorkerCommand } from './process'
import { Replica } from './replica'

const MAX_FAILED_STARTS = 2
const LOG_TAIL = 4_000

/** The worker processes of the app, and whose turn it is. */
export class ReplicaPool {
  private readonly changes = new EventEmitter().setMaxListeners(0)
  private replicas: Replica[] = []
  private log: FileHandle | undefined
  private turn = 0

  /**
   * `logPath` is the file to which the workers' stdout and stderr are appended. With `standby`, each
   * worker has a second process ready to take its place.
   */
  constructor(
    readonly count: number,
    private readonly logPath: string,
    private readonly standby = false
  ) {}

  /**
   * Starts the workers and waits until each one listens. Rejects with the end of the log when the app
   * does not start.
   */
  async start(command: Omit<WorkerCommand, 'log'>): Promise<void> {
    await mkdir(dirname(this.logPath), { recursive: true })
    const log = await open(this.logPath, 'a')
    this.log = log
    const notify = (): boolean => this.changes.emit('change')
    this.replicas = Array.from(
      { length: this.count },
      () => new Replica({ ...command, log: log.fd }, this.standby, notify, notify)
    )
    await this.allUp()
  }

  /** The process ids of the workers that run now. */
  pids(): number[] {
    return this.replicas.flatMap(({ pid }) => pid ?? [])
  }

  /** The port of the next worker, in turn, among those that listen; undefined when none does. */
  nextPort(): number | undefined {
    for (let tried = 0; tried < this.count; tried++) {
      this.turn = (this.turn + 1) % this.count
      const port = this.replicas[this.turn]?.port
      if (port !== undefined) {
        return port
      }
    }
    return undefined
  }

  /** Resolves as soon as a worker listens; rejects when `signal` aborts. */
  async whenUp(signal?: AbortSignal): Promise<void> {
    while (this.replicas.every(({ port }) => port === undefined)) {
      await once(this.changes, 'change', signal && { signal })
    }
  }

  /** Resolves when every worker listens; rejects when one keeps ending before it does. */
  async allUp(): Promise<void> {
    while (this.replicas.some(({ port }) => port === undefined)) {
      if (this.replicas.some(({ failedStarts }) => failedStarts >= MAX_FAILED_STARTS)) {
        const text = await readFile(this.logPath, 'utf8')
        throw new Error(
          `the app does not start; ${this.logPath} ends with\n${text.slice(-LOG_TAIL)}`
        )
      }
      await once(this.changes, 'change')
    }
  }

  /** Ends one worker, by default at once and with no warning; it is started again. */
  kill(index: number, signal: NodeJS.Signals = 'SIGKILL'): void {
    const replica = this.replicas[index]
    if (replica === undefined) {
      throw new RangeError(`there is no replica ${index}: expected 0 to ${this.count - 1}`)
    }
    replica.kill(signal)
  }

  /** Ends all workers; they are started again. */
  killAll(signal: NodeJS.Signals = 'SIGKILL'): void {
    for (const replica of this.replicas) {
      replica.kill(signal)
    }
  }

  /** Ends all workers for good. */
  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()))
    await this.log?.close()
  }
}
