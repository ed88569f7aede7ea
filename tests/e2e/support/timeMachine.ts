import { mkdtemp, rm, writeFile } from 'fs/promises'
import { tmpdir } from 'os'
import { join } from 'path'

import type { SandboxOptions } from '../../../sandbox/sandbox'
import { App } from './app'
import { until } from './eventually'

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

  /**
   * Lets minutes pass until an export has ended that does not get on. Only time in which it is tried counts, so
   * these pass two at a time, each time until it failed once more.
   */
  async loseHope(exportId: string): Promise<void> {
    const { vbase } = this.app.platform
    const failed = async () => (await vbase.files('setbacks', exportId)).length
    const hasEnded = async () => (await this.app.report(exportId)).endedAt !== undefined
    while (!(await hasEnded())) {
      const before = await failed()
      await this.travel(2 * MINUTE)
      await until('another try', async () => (await failed()) > before || (await hasEnded()))
    }
  }

  async stop(): Promise<void> {
    await this.app.stop()
    await rm(this.directory, { recursive: true, force: true })
  }
}

const aheadIn = (directory: string) => join(directory, 'ahead')
