import { mkdtemp, readFile, rename, rm, writeFile } from 'fs/promises'
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
    await say(directory, 0)
    const preload = join(directory, 'preload.cjs')
    await writeFile(
      preload,
      `require(${JSON.stringify(SHIFTED_DATE)})(${JSON.stringify(aheadIn(directory))})\n`
    )
    const workerArguments = [`--require=${preload}`]
    return new TimeMachine(directory, await App.start({ ...options, workerArguments }))
  }

  /** The time that the workers live at, in UTC milliseconds. */
  get now(): number {
    return Date.now() + this.ahead
  }

  /** Sends the workers to a later time, as they are. To an earlier one none can go: others are started there. */
  async travel(ms: number): Promise<void> {
    if (ms < 0) return this.startAnew(ms)
    this.ahead += ms
    await say(this.directory, this.ahead)
    await until('the workers to live later', () => this.areAllThere())
  }

  /** Ends the workers, with whatever they are at, and starts others at another time. */
  async startAnew(ms: number): Promise<void> {
    this.ahead += ms
    await say(this.directory, this.ahead)
    await this.app.restartWorkers()
  }

  /** Whether all workers that are alive go by the time that was said last. */
  private async areAllThere(): Promise<boolean> {
    const aheadOf = (pid: number) => readFile(`${aheadIn(this.directory)}.${pid}`, 'utf8')
    const said = await Promise.all(
      this.app.platform.replicas.pids().map((pid) => aheadOf(pid).catch(() => '0'))
    )
    return said.every((ahead) => ahead === String(this.ahead))
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

/** A worker that looks while it is written sees all of it, or what was there before. */
async function say(directory: string, ahead: number): Promise<void> {
  const written = join(directory, 'written')
  await writeFile(written, String(ahead))
  await rename(written, aheadIn(directory))
}

const aheadIn = (directory: string) => join(directory, 'ahead')
