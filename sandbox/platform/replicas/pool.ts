import { EventEmitter, once } from 'node:events'
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { WorkerCommand } from './process'
import { Replica } from './replica'

const MAX_FAILED_STARTS = 2
const LOG_TAIL = 4_000

/** The worker processes of the app, used round robin. */
export class ReplicaPool {
  private readonly changes = new EventEmitter().setMaxListeners(0)
  private replicas: Replica[] = []
  private log: FileHandle | undefined
  private current = 0

  /**
   * `logPath` is the log file of the workers' stdout and stderr. With `standby`, each worker has a standby process.
   */
  constructor(
    readonly count: number,
    private readonly logPath: string,
    private readonly standby = false
  ) {}

  /**
   * Starts the workers and waits until each one listens. Rejects with the end of the log if the app does not start.
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

  /** The process ids of the running workers. */
  pids(): number[] {
    return this.replicas.flatMap(({ pid }) => pid ?? [])
  }

  /** The port of the next listening worker, round robin; undefined if there is none. */
  nextPort(): number | undefined {
    for (let tried = 0; tried < this.count; tried++) {
      this.current = (this.current + 1) % this.count
      const port = this.replicas[this.current]?.port
      if (port !== undefined) {
        return port
      }
    }
    return undefined
  }

  /** Resolves when a worker listens; rejects if `signal` aborts. */
  async whenUp(signal?: AbortSignal): Promise<void> {
    while (this.replicas.every(({ port }) => port === undefined)) {
      await once(this.changes, 'change', signal && { signal })
    }
  }

  /** Resolves when all workers listen; rejects if one repeatedly ends before that. */
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

  /** Kills a worker (default SIGKILL); it is started again. */
  kill(index: number, signal: NodeJS.Signals = 'SIGKILL'): void {
    const replica = this.replicas[index]
    if (replica === undefined) {
      throw new RangeError(`there is no replica ${index}: expected 0 to ${this.count - 1}`)
    }
    replica.kill(signal)
  }

  /** Kills all workers; they are started again. */
  killAll(signal: NodeJS.Signals = 'SIGKILL'): void {
    for (const replica of this.replicas) {
      replica.kill(signal)
    }
  }

  /** Stops all workers. */
  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()))
    await this.log?.close()
  }
}
