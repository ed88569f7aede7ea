import { mkdtemp, readFile, rm } from 'fs/promises'
import { tmpdir } from 'os'
import { join } from 'path'
import { setTimeout as sleep } from 'timers/promises'

import { type Sandbox, type SandboxOptions, startSandbox, TOKEN } from '../../../sandbox/sandbox'
import { CENTRA_SELLER } from '../../../sandbox/world/centra/access'
import { eventually, type Timeout, until } from './eventually'
import { type Answer, json, type Sent, send } from './http'
import { checkAnswer } from './openapi'
import { hasEnded, parseReport, parseReports, type Report } from './report'
import { WorkersTime } from './workersTime'
import { type Written, writtenIn } from './written'

/** Where the app's routes are. */
export const STOCK = '/_v/intershop/stock'

/** Milliseconds. Whoever waits for Intershop to be idle has it import at once. */
const IMPORT_DELAY = 200
/** Milliseconds between questions how an export stands that has not ended: each has the app read dozens of documents. */
const ASKED_EVERY = 1_000
/** Milliseconds at most for what a run does after the end of an export. */
const TIDYING = 2_000
/** Milliseconds, more than the app keeps what it read of its settings. */
const SETTINGS_KEPT = 21_000
/** Milliseconds: VTEX's courier may take its time, a test waits for it often. */
const COURIER = { maxRetry: 500 }

/** A request to the app; the sandbox's token goes with it unless another is given, or `null` for none. */
type Asked = Omit<Sent, 'path' | 'method'> & { token?: string | null }

/** The app in a sandbox of its own, as the world sees it: over HTTP and in Intershop's drop. */
export class App {
  /** Every answer that the app gave. */
  readonly answers: Answer[] = []
  private startedWith: Record<string, unknown> | undefined

  private constructor(
    private readonly directory: string,
    private readonly options: Partial<SandboxOptions>,
    readonly time: WorkersTime,
    public sandbox: Sandbox
  ) {}

  /** Starts a sandbox whose state lies in a temporary directory until `stop`; without Centra unless it is asked for. */
  static async start(options: Partial<SandboxOptions> & { skus: number }): Promise<App> {
    const directory = await mkdtemp(join(tmpdir(), 'stock-export-'))
    try {
      const time = await WorkersTime.in(directory)
      const { workerArguments = [] } = options
      const preload = `--require=${time.preload}`
      const inTime = { ...options, workerArguments: [...workerArguments, preload] }
      return new App(directory, inTime, time, await App.sandboxIn(directory, inTime))
    } catch (error) {
      await rm(directory, { recursive: true, force: true })
      throw error
    }
  }

  private static sandboxIn(directory: string, options: Partial<SandboxOptions>): Promise<Sandbox> {
    const stateDirectory = join(directory, 'state')
    const faults = { courier: COURIER, ...options.faults }
    // Most tests are about the account's own stock, and Centra's where they ask for it; and about SKUs that do not
    // change with others.
    const usual = { skus: 40, importDelay: IMPORT_DELAY, centra: false, kits: false }
    const sellers = options.centra ? `1,${CENTRA_SELLER}` : '1'
    const settings = { sellers, ...options.settings }
    return startSandbox({ ...usual, ...options, faults, settings, stateDirectory })
  }

  async stop(): Promise<void> {
    await this.sandbox.stop()
    await rm(this.directory, { recursive: true, force: true })
  }

  /** Stops everything and starts it again on the same state, as after a power cut. */
  async restart(): Promise<void> {
    await this.sandbox.stop()
    this.sandbox = await App.sandboxIn(this.directory, this.options)
  }

  get platform() {
    return this.sandbox.platform
  }

  get commerce() {
    return this.sandbox.commerce
  }

  get intershop() {
    return this.sandbox.intershop
  }

  /** Sends a request to a path below `STOCK`. */
  async send(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    const { token = TOKEN, headers, ...rest } = asked
    const answer = await send(this.sandbox.url, {
      ...rest,
      method,
      path: `${STOCK}/${path}`,
      headers: { ...(token !== null && { token }), ...headers },
    })
    this.answers.push(answer)
    checkAnswer(method, path, answer)
    return answer
  }

  post(path: string, asked?: Asked): Promise<Answer> {
    return this.send('POST', path, asked)
  }

  /** POSTs and answers the id of the accepted export. */
  async accepted(path = 'export', asked?: Asked): Promise<string> {
    const answer = await this.post(path, asked)
    const id = answer.headers['x-export-id']
    if (answer.status === 200 && typeof id === 'string') return id
    throw new Error(`${answer.request}: ${answer.status} ${answer.body.toString('utf8')}`)
  }

  async report(exportId: string): Promise<Report> {
    return parseReport(json(await this.send('GET', `exports/${exportId}`)))
  }

  /** The summaries of the latest exports. */
  async reports(query = '') {
    return parseReports(json(await this.send('GET', `exports${query}`))).exports
  }

  /** How the app's schedules stand, as it says. */
  async schedules(asked?: Asked) {
    return parseReports(json(await this.send('GET', 'exports', asked))).schedules
  }

  /** The report of an export once it has ended; it may not be readable while workers are down. */
  ended(exportId: string, timeout?: Timeout): Promise<Report> {
    const ask = async () => {
      const answer = await this.send('GET', `exports/${exportId}`).catch(() => undefined)
      return answer?.status === 200 ? parseReport(json(answer)) : undefined
    }
    return this.endedBy(exportId, ask, timeout)
  }

  /** The first report of an ended export that `ask` brings, which is asked seldom until the end is written. */
  async endedBy(
    exportId: string,
    ask: () => Promise<Report | undefined>,
    timeout?: Timeout
  ): Promise<Report> {
    let next = 0
    const look = async () => {
      const written = await this.platform.vbase.files('ended')
      if (Date.now() < next && !written.some((path) => path.endsWith(exportId))) return undefined
      next = Date.now() + ASKED_EVERY
      const report = await ask()
      return report && hasEnded(report) ? report : undefined
    }
    const report = await eventually(`the end of export ${exportId}`, look, timeout)
    // Who ended the workers before the run let go of the line would have the next one go on as after a death.
    await Promise.race([this.idle(), sleep(TIDYING, undefined, { ref: false })])
    return report
  }

  /** Exports, and waits until Intershop has imported what came. */
  async exported(path = 'export'): Promise<Report> {
    const report = await this.ended(await this.accepted(path))
    await this.intershop.idle()
    return report
  }

  /**
   * Saves settings over the ones that the app started with, which the workers read anew then. `undefined` takes a
   * setting away.
   */
  async configure(changes: Record<string, unknown>): Promise<void> {
    this.startedWith ??= await this.platform.settings.read()
    await this.platform.settings.save({ ...this.startedWith, ...changes })
    await this.readSettingsAnew()
  }

  /** Has the workers live until what they know of the settings is too old. */
  readSettingsAnew(): Promise<void> {
    return this.live(SETTINGS_KEPT)
  }

  /** Has the workers live so many milliseconds later, as they are. */
  async live(ms: number): Promise<void> {
    await this.time.say(this.time.ahead + ms)
    await until('the workers to live later', () => this.time.isOf(this.platform.replicas.pids()))
  }

  /** Ends all workers at once; resolves when others have taken their places. */
  async restartWorkers(): Promise<void> {
    this.platform.replicas.killAll()
    await this.platform.replicas.allUp()
  }

  /** Resolves when the app works on nothing. */
  idle(): Promise<void> {
    return this.platform.courier.idle()
  }

  /** All that anybody wrote and is still there, but for what VTEX keeps of the token. */
  written(): Promise<Written[]> {
    const secret = ['settings.json', 'scheduler.json']
    return writtenIn(join(this.directory, 'state'), (name) => !secret.includes(name))
  }

  /** What the workers wrote to stdout and stderr. */
  log(): Promise<string> {
    return readFile(join(this.directory, 'state', 'app.log'), 'utf8')
  }
}
