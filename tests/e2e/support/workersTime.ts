import { readFile, rename, writeFile } from 'fs/promises'
import { join } from 'path'

const SHIFTED_DATE = join(__dirname, 'shiftedDate.cjs')

/** How much later than the machine an app's workers live. Only what they ask of `Date` is later: timers run as ever. */
export class WorkersTime {
  /** Milliseconds, as they were said last. */
  ahead = 0

  private constructor(private readonly directory: string) {}

  /** The machine's own time to begin with. */
  static async in(directory: string): Promise<WorkersTime> {
    const time = new WorkersTime(directory)
    await time.say(0)
    const shift = [SHIFTED_DATE, time.said].map((path) => JSON.stringify(path))
    await writeFile(time.preload, `require(${shift[0]})(${shift[1]})\n`)
    return time
  }

  /** What node is to load into a worker before the app. */
  get preload(): string {
    return join(this.directory, 'preload.cjs')
  }

  async say(ahead: number): Promise<void> {
    this.ahead = ahead
    // A worker that looks while it is written sees all of it, or what was there before.
    const written = join(this.directory, 'ahead.written')
    await writeFile(written, String(ahead))
    await rename(written, this.said)
  }

  /** Whether workers go by what was said last. */
  async isOf(pids: readonly number[]): Promise<boolean> {
    const goBy = (pid: number) => readFile(`${this.said}.${pid}`, 'utf8').catch(() => '0')
    return (await Promise.all(pids.map(goBy))).every((ahead) => ahead === String(this.ahead))
  }

  private get said(): string {
    return join(this.directory, 'ahead')
  }
}
