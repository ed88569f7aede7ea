import { join } from 'path'
import { type FaultRule, type LimitRule, type Platform, startPlatform } from './platform'
import { Account } from './world/commerce/account'
import { COMMERCE_HOST, commerceListener } from './world/commerce/api/listener'
import type { BroadcasterBehaviour } from './world/commerce/broadcaster/behaviour'
import { Broadcaster } from './world/commerce/broadcaster/broadcaster'
import { addBroadcasterControl } from './world/commerce/broadcaster/control'
import { addCommerceControl } from './world/commerce/control'
import { keepOnDisk } from './world/commerce/journal'
import { expectedOffers } from './world/commerce/truth'
import { truthSettings } from './world/commerce/truth-settings'
import { type Comparison, compare } from './world/compare'
import { addIntershopControl } from './world/intershop/control'
import {
  type Intershop,
  SFTP_DIRECTORY,
  SFTP_PASSWORD,
  SFTP_USER,
  startIntershop,
} from './world/intershop/intershop'
import type { SftpFaults } from './world/intershop/sftp/sftp-faults'

const REPOSITORY = join(__dirname, '..')
const HOST = '127.0.0.1'

/** The account and workspace that the sandbox plays. */
export const ACCOUNT = 'sandbox'
export const WORKSPACE = 'master'
/** The header `token` that the sandbox's app settings ask for. */
export const TOKEN = 'sandbox-token'

/** What goes wrong from the start. */
export interface SandboxFaults {
  /** In the app's calls to its upstreams. */
  calls?: readonly FaultRule[]
  courier?: Partial<Platform['courier']['behaviour']>
  vbase?: Partial<Platform['vbase']['behaviour']>
  sftp?: Partial<SftpFaults>
  /** In what VTEX's broadcaster tells of changes. */
  broadcaster?: Partial<BroadcasterBehaviour>
  /** Milliseconds until the catalog API shows a change; 0 when absent. */
  catalogLag?: number
}

/** How large and how troubled the world is. */
export interface SandboxOptions {
  /** SKUs of the seeded catalog. */
  skus: number
  /** The same seed gives the same account; 1 when absent. */
  seed?: number
  /** Where everything is kept that survives a restart. */
  stateDirectory: string
  /** Milliseconds added to each call of the app to VTEX's APIs. */
  latency?: number
  /** Worker processes; 1 when absent. */
  replicas?: number
  /** A second process ready for each worker, to take its place at once when it is killed. */
  standby?: boolean
  /** The public edge's port; any free one when absent. */
  port?: number
  faults?: SandboxFaults
  /** Calls that upstreams take a second. */
  limits?: readonly LimitRule[]
  /** Options of each worker's node, such as `--max-old-space-size=96`. */
  workerArguments?: readonly string[]
  /** Milliseconds between two looks of Intershop's importer into the drop. */
  importDelay?: number
  /** Whether the app's schedules are on from the first start; else nothing calls it by itself. */
  schedules?: boolean
  /** App settings that differ from the sandbox's own or, after a restart, from the saved ones. */
  settings?: Readonly<Record<string, unknown>>
}

/** The app on a VTEX IO, between a VTEX account and an Intershop. */
export interface Sandbox {
  url: string
  platform: Platform
  commerce: Account
  /** Tells the app of the account's changes. */
  broadcaster: Broadcaster
  intershop: Intershop
  /** Intershop's offers against the account's stock, by the app's settings as they are now. */
  compare(): Promise<Comparison>
  stop(): Promise<void>
}

/** Builds the app and starts it with the world around it; rejects with what was in the way. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { skus, seed = 1, stateDirectory, faults = {}, settings = {}, schedules } = options
  const commerce = new Account(ACCOUNT, skus, seed)
  keepOnDisk(commerce, join(stateDirectory, 'commerce.jsonl'))
  const intershop = await startIntershop({
    directory: join(stateDirectory, 'intershop'),
    importDelay: options.importDelay,
    seed,
  })
  try {
    Object.assign(intershop.sftp.faults, faults.sftp)
    const platform = await startPlatform({
      appDirectory: REPOSITORY,
      buildDirectory: join(REPOSITORY, '.sandbox', 'build'),
      stateDirectory: join(stateDirectory, 'platform'),
      account: ACCOUNT,
      workspace: WORKSPACE,
      production: true,
      port: options.port,
      replicas: options.replicas,
      standby: options.standby,
      workerArguments: options.workerArguments,
      upstreams: { [COMMERCE_HOST]: commerceListener(commerce) },
      initialSettings: {
        ...OWN_SETTINGS,
        ...(schedules ? {} : NO_SCHEDULES),
        ...deliveryTo(intershop),
        ...settings,
      },
      log: join(stateDirectory, 'app.log'),
      latency: options.latency,
      limits: options.limits,
      seed,
    })
    for (const rule of faults.calls ?? []) platform.faults.add(rule)
    Object.assign(platform.courier.behaviour, faults.courier)
    Object.assign(platform.vbase.behaviour, faults.vbase)
    await bringUpToDate(platform, intershop, settings)
    commerce.index.lag = faults.catalogLag ?? 0
    const broadcaster = new Broadcaster(commerce, platform.events.send)
    Object.assign(broadcaster.behaviour, faults.broadcaster)
    const sandbox = assemble(platform, commerce, broadcaster, intershop)
    addControl(sandbox)
    return sandbox
  } catch (error) {
    await intershop.stop()
    throw error
  }
}

const OWN_SETTINGS = { token: TOKEN, skuIdentifier: 'refId', delivery: 'icm-sftp' }
const NO_SCHEDULES = { updateSchedule: '', fullSchedule: '' }

function deliveryTo({ sftp, fingerprint }: Intershop) {
  return {
    sftpHost: HOST,
    sftpPort: sftp.port,
    sftpUser: SFTP_USER,
    sftpPassword: SFTP_PASSWORD,
    sftpHostKey: fingerprint,
    sftpDirectory: SFTP_DIRECTORY,
  }
}

// Saved settings survive a restart; after one they may name a port that was taken since.
async function bringUpToDate(
  platform: Platform,
  intershop: Intershop,
  overrides: Readonly<Record<string, unknown>>
): Promise<void> {
  const saved = await platform.settings.read()
  const own = saved.sftpHost === HOST ? { sftpPort: intershop.sftp.port } : {}
  await platform.settings.save({ ...saved, ...own, ...overrides })
}

function assemble(
  platform: Platform,
  commerce: Account,
  broadcaster: Broadcaster,
  intershop: Intershop
): Sandbox {
  return {
    url: platform.url,
    platform,
    commerce,
    broadcaster,
    intershop,
    compare: async () => {
      const settings = truthSettings(await platform.settings.read())
      return compare(() => expectedOffers(commerce, settings), intershop.inventory)
    },
    stop: async () => {
      broadcaster.stop()
      await platform.stop()
      await intershop.stop()
    },
  }
}

function addControl(sandbox: Sandbox): void {
  const { control } = sandbox.platform
  addCommerceControl(control, sandbox.commerce)
  addBroadcasterControl(control, sandbox.broadcaster)
  addIntershopControl(control, sandbox.intershop)
  control.get('/compare', async (ctx) => {
    ctx.body = await sandbox.compare()
  })
}
