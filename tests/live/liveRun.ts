import { type ChildProcess, spawn } from 'child_process'
import { mkdtemp, rm, writeFile } from 'fs/promises'
import { tmpdir } from 'os'
import { join } from 'path'
import { centraSettings } from '../../sandbox/app-settings'
import { type Comparison, compare } from '../../sandbox/comparison/compare'
import { allExpectedOffers } from '../../sandbox/comparison/expected-offers'
import { comparisonSettings } from '../../sandbox/comparison/settings'
import { admitted, admittedAtCentra } from '../../sandbox/live/admission'
import { CENTRA_HOST } from '../../sandbox/world/centra/api/listener'
import { Inventory } from '../../sandbox/world/intershop/inventory'
import { finderOf, MARK } from '../e2e/support/leaks'
import { writtenIn } from '../e2e/support/written'
import { ACCOUNT, CENTRA_TOKEN, CREDENTIALS, certificate, type Double, VTEX_HOST } from './double'

const REPOSITORY = join(__dirname, '..', '..')
const PER_MINUTE = 30_000

/** How a process of `npm run live` ended. */
export interface Ended {
  /** 0, 1, 2 or 130; null where a signal ended it. */
  code: number | null
  /** Stdout and stderr. */
  screen: string
}

/** `npm run live` against the double, with a folder and settings of its own. */
export class LiveRun {
  /** What was shown so far, by all runs. */
  shown = ''
  settings: Record<string, unknown>

  private constructor(
    readonly double: Double,
    readonly directory: string
  ) {
    this.settings = { ...centraSettings(double.centra), centraToken: CENTRA_TOKEN }
  }

  static async against(double: Double): Promise<LiveRun> {
    return new LiveRun(double, await mkdtemp(join(tmpdir(), 'live-')))
  }

  get state(): string {
    return join(this.directory, 'state', ACCOUNT)
  }

  /** Starts it; the process, and its end. */
  async start(
    more: readonly string[] = [],
    environment: NodeJS.ProcessEnv = {}
  ): Promise<{ child: ChildProcess; ended: Promise<Ended> }> {
    const file = join(this.directory, 'settings.json')
    await writeFile(file, JSON.stringify(this.settings))
    const { host, port } = this.double.connectTo
    const args = [
      ...['--import', 'tsx', 'sandbox/live/main.ts', '--account', ACCOUNT, '--settings', file],
      ...['--state', join(this.directory, 'state'), '--ca', certificate('ca.pem')],
      ...['--connect-to', `${host}:${port}`, '--per-minute', String(PER_MINUTE), ...more],
    ]
    const { key, token } = CREDENTIALS
    const child = spawn(process.execPath, args, {
      cwd: REPOSITORY,
      env: { ...process.env, VTEX_APP_KEY: key, VTEX_APP_TOKEN: token, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let screen = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        screen += text
      })
    }
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code) => {
        this.shown += screen
        resolve({ code, screen })
      })
    })
    return { child, ended }
  }

  async run(more?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended> {
    return (await this.start(more, environment)).ended
  }

  /** What the local Intershop holds, against what the double's account and company can sell. */
  compare(sellers?: string): Promise<Comparison> {
    return this.compareWith(
      new Inventory(join(this.state, 'intershop', 'inventory.jsonl')),
      sellers
    )
  }

  compareWith(inventory: Inventory, sellers?: string): Promise<Comparison> {
    const { commerce, centra } = this.double
    const settings = comparisonSettings({ ...this.settings, ...(sellers && { sellers }) })
    return compare(() => allExpectedOffers({ commerce, centra }, settings), inventory)
  }

  /** Where a secret is: on the screen, or in a file below the state's folder. */
  async leaks(...more: readonly string[]): Promise<string[]> {
    const find = finderOf([MARK, ...more])
    const files = await writtenIn(join(this.directory, 'state'), () => true)
    if (files.length === 0) throw new Error('expected files to look into')
    return [
      ...find(this.shown).map((text) => `screen: ${text}`),
      ...files.flatMap(({ path, text }) =>
        find(`${path}\n${text}`).map((found) => `${path}: ${found}`)
      ),
    ]
  }

  /** Requests that arrived and are on no list. */
  strangers(): string[] {
    return this.double.arrived
      .filter((arrived) => !isListed(arrived))
      .map(({ host, method, url }) => `${method} ${host}${url}`)
  }

  async end(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}

function isListed({ host, method, url }: Double['arrived'][number]): boolean {
  try {
    if (host === CENTRA_HOST) return admittedAtCentra(method, url, '/api/order-api/stock') !== null
    const an = `${url.includes('?') ? '&' : '?'}an=${ACCOUNT}`
    return host === VTEX_HOST && admitted(method, `${url}${an}`, ACCOUNT).path === url
  } catch {
    return false
  }
}
