import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const RESTART_DELAY = 100
const MAX_RESTART_DELAY = 5_000
/** A frozen worker is still routed to, as nobody can know. */
const FREEZING: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT']

/** How to start a worker process. */
export interface WorkerCommand {
  /** A build of the app (see build.ts): the worker's working directory. */
  directory: string
  /** Options of node itself, such as `--max-old-space-size=96`. */
  arguments: readonly string[]
  environment: NodeJS.ProcessEnv
  /** An open file descriptor: stdout and stderr of the worker. */
  log: number
}

/** One worker process that is started again whenever it ends, until `stop`. */
export class Replica {
  private child: ChildProcess | undefined
  private listening: number | undefined
  private failures = 0
  private restart: NodeJS.Timeout | undefined
  private stopped = false
  private killed = false

  /** `onUp` is called at each start, when the worker listens; `onDown` at each end. */
  constructor(
    private readonly command: WorkerCommand,
    private readonly onUp: () => void,
    private readonly onDown: () => void
  ) {
    this.start()
  }

  /** The port on 127.0.0.1, undefined while the worker is down. */
  get port(): number | undefined {
    return this.listening
  }

  /** Undefined while no process runs. */
  get pid(): number | undefined {
    return this.child?.pid
  }

  /** How often in a row the worker ended before it listened. */
  get failedStarts(): number {
    return this.failures
  }

  /** Sends a signal to the process, if one runs; nothing is routed any more to one that this ends. */
  kill(signal: NodeJS.Signals): void {
    if (!FREEZING.includes(signal)) {
      this.listening = undefined
      this.killed = true
    }
    this.child?.kill(signal)
  }

  /** Ends the worker for good. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.restart)
    const child = this.child
    if (child !== undefined) {
      const ended = once(child, 'exit')
      this.kill('SIGKILL')
      await ended
    }
  }

  private start(): void {
    const { directory, arguments: options, environment, log } = this.command
    const child = spawn(process.execPath, [...options, join(__dirname, 'worker.cjs')], {
      cwd: directory,
      env: environment,
      stdio: ['ignore', log, log, 'ipc'],
    })
    this.child = child
    this.killed = false
    child.on('message', (message) => {
      if (hasPort(message) && this.child === child && !this.killed) {
        this.listening = message.port
        this.failures = 0
        this.onUp()
      }
    })
    child.once('exit', () => this.ended())
    child.once('error', () => this.ended())
  }

  private ended(): void {
    if (this.child === undefined) {
      return
    }
    const wasUp = this.listening !== undefined || this.killed
    this.child = undefined
    this.listening = undefined
    this.failures = wasUp ? 0 : this.failures + 1
    this.onDown()
    if (!this.stopped) {
      // An app that cannot start would otherwise keep a core busy with trying.
      const delay = Math.min(RESTART_DELAY * 2 ** this.failures, MAX_RESTART_DELAY)
      this.restart = setTimeout(() => this.start(), delay)
    }
  }
}

function hasPort(message: unknown): message is { port: number } {
  return typeof message === 'object' && message !== null && 'port' in message
}
