import type { SandboxOptions } from '../../../sandbox/sandbox'
import { App } from './app'
import { until } from './eventually'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

/**
 * An app whose workers can be sent to a later time. Only they travel: VTEX, Intershop and the test stay, so
 * what these do by their own clocks (the catalog's index, the scheduler) does not happen sooner.
 */
export class TimeMachine {
  private constructor(readonly app: App) {}

  static async start(options: Partial<SandboxOptions> & { skus: number }): Promise<TimeMachine> {
    return new TimeMachine(await App.start(options))
  }

  /** The time that the workers live at, in UTC milliseconds. */
  get now(): number {
    return Date.now() + this.app.time.ahead
  }

  /** Sends the workers to a later time, as they are. To an earlier one none can go: others are started there. */
  travel(ms: number): Promise<void> {
    return ms < 0 ? this.startAnew(ms) : this.app.live(ms)
  }

  /** Ends the workers, with whatever they are at, and starts others at another time. */
  async startAnew(ms: number): Promise<void> {
    await this.app.time.say(this.app.time.ahead + ms)
    await this.app.restartWorkers()
  }

  /**
   * Lets minutes pass until an export has ended that makes no progress. Only time in which it is tried counts, so
   * these pass two at a time, each time until it failed once more.
   */
  async loseHope(exportId: string): Promise<void> {
    const { vbase } = this.app.platform
    const failed = async () => (await vbase.files('attempts', exportId)).length
    const hasEnded = async () => (await this.app.report(exportId)).endedAt !== undefined
    while (!(await hasEnded())) {
      const before = await failed()
      await this.travel(2 * MINUTE)
      await until('another try', async () => (await failed()) > before || (await hasEnded()))
    }
  }

  stop(): Promise<void> {
    return this.app.stop()
  }
}
