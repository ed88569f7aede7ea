import { mkdtemp, rm, writeFile } from 'fs/promises'
import { tmpdir } from 'os'
import { join } from 'path'

import type { SandboxOptions } from '../../../sandbox/sandbox'
import { App } from './app'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

const SHIFTED_DATE = join(__dirname, 'shiftedDate.cjs')

/**
 * An app whose workers can be sent to a later time. Only they travel: VTEX, Intershop and the test stay, so
 * what these do by their own clocks (the catalog's index, the scheduler) does not happen sooner.
 */
export class TimeMachine {
  private ahead = 0

  private constructor(
    private readonly directory: string,
    readonly app: App
  ) {}

  static async start(options: Partial<SandboxOptions> & { skus: number }): Promise<TimeMachine> {
    const directory = await mkdtemp(join(tmpdir(), 'time-machine-'))
    await writeFile(aheadIn(directory), '0')
    const preload = join(directory, 'preload.cjs')
    await writeFile(
      preload,
      `require(${JSON.stringify(SHIFTED_DATE)})(${JSON.stringify(aheadIn(directory))})\n`
    )
    // A standby process would live at the time at which it was started.
    const workerArguments = [`--require=${preload}`]
    return new TimeMachine(directory, await App.start({ ...options, workerArguments }))
  }

  /** The time that the workers live at, in UTC milliseconds. */
  get now(): number {
    return Date.now() + this.ahead
  }

  /** Ends the workers, and starts them at a later time. */
  async travel(ms: number): Promise<void> {
    this.ahead += ms
    await writeFile(aheadIn(this.directory), String(this.ahead))
    await this.app.restartWorkers()
  }

  async stop(): Promise<void> {
    await this.app.stop()
    await rm(this.directory, { recursive: true, force: true })
  }
}

const aheadIn = (directory: string) => join(directory, 'ahead')
