import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** How to start a worker process. */
export interface WorkerCommand {
  /** A build of the app (see build.ts), the worker's working directory. */
  directory: string
  /** Node options, for example `--max-old-space-size=96`. */
  arguments: readonly string[]
  environment: NodeJS.ProcessEnv
  /** File descriptor of the worker's stdout and stderr. */
  log: number
}

/** One worker process. */
export class Worker {
  /** The port on 127.0.0.1 once it listens. */
  port: number | undefined
  /** It listened, or got a signal before: its end is not the app's fault. */
  wasUp = false
  private readonly child: ChildProcess

  /** Calls `onUp` when it listens, `onEnd` when it has ended. */
  constructor(command: WorkerCommand, onUp: () => void, onEnd: () => void) {
    const { directory, arguments: options, environment, log } = command
    this.child = spawn(process.execPath, [...options, join(__dirname, 'worker.cjs')], {
      cwd: directory,
      env: environment,
      stdio: ['ignore', log, log, 'ipc'],
    })
    this.child.on('message', (message) => {
      if (!hasPort(message) || this.wasUp) return
      this.port = message.port
      this.wasUp = true
      onUp()
    })
    this.child.once('exit', onEnd)
    this.child.once('error', onEnd)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void {
    this.wasUp = true
    this.child.kill(signal)
  }

  /** Kills it and waits for its end. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.kill('SIGKILL')
    await ended
  }
}

function hasPort(message: unknown): message is { port: number } {
  return typeof message === 'object' && message !== null && 'port' in message
}
