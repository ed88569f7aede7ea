import { join } from 'path'
import { defaultSettings, updateSavedSettings } from './app-settings'
import { type Comparison, compare } from './comparison/compare'
import { allExpectedOffers } from './comparison/expected-offers'
import { comparisonSettings } from './comparison/settings'
import { addControlPage } from './control/page'
import type { SandboxOptions } from './options'
import { type Platform, startPlatform } from './platform'
import { addAlertControl } from './world/alerts/control'
import { MAIL_HOST, MessageCenter, TEMPLATE_PATH } from './world/alerts/message-center'
import { WEBHOOK_HOST, WebhookReceiver } from './world/alerts/webhook-receiver'
import { CENTRA_TOKEN } from './world/centra/access'
import { CENTRA_HOST, centraListener } from './world/centra/api/listener'
import { Company } from './world/centra/company'
import { addCentraControl } from './world/centra/control'
import { persistCompany } from './world/centra/journal'
import { Account } from './world/commerce/account'
import { COMMERCE_HOST, commerceListener } from './world/commerce/api/listener'
import { Broadcaster } from './world/commerce/broadcaster/broadcaster'
import { addBroadcasterControl } from './world/commerce/broadcaster/control'
import { addCommerceControl } from './world/commerce/control'
import { persistAccount } from './world/commerce/journal'
import { addSellerControl } from './world/commerce/seller-control'
import { addIntershopControl } from './world/intershop/control'
import { type Intershop, startIntershop } from './world/intershop/intershop'
import { ICM_HOST } from './world/intershop/rest/access'
import { icmListener } from './world/intershop/rest/listener'

export { TOKEN } from './app-settings'
export type { SandboxFaults, SandboxOptions } from './options'

const REPOSITORY = join(__dirname, '..')

/** The simulated account and workspace. */
export const ACCOUNT = 'sandbox'
export const WORKSPACE = 'master'

/** The app on a simulated VTEX IO, with a VTEX account, a Centra and an Intershop. */
export interface Sandbox {
  url: string
  platform: Platform
  commerce: Account
  /** Absent if Centra is not simulated. */
  centra?: Company
  /** Notifies the app of the account's changes. */
  broadcaster: Broadcaster
  intershop: Intershop
  /** What the app's alerts reach. */
  alerts: { mail: MessageCenter; webhook: WebhookReceiver }
  /** Compares Intershop's offers with the stock in VTEX and Centra, under the app's current settings. */
  compare(): Promise<Comparison>
  stop(): Promise<void>
}

/** Builds the app and starts it with its upstreams; rejects with the reason if it does not start. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { skus, seed = 1, stateDirectory, faults = {}, settings = {} } = options
  const commerce = new Account(ACCOUNT, skus, seed, undefined, options.kits)
  persistAccount(commerce, join(stateDirectory, 'commerce.jsonl'))
  const centra = options.centra === false ? undefined : startCompany(commerce, options)
  const intershop = await startIntershop({
    directory: join(stateDirectory, 'intershop'),
    importDelay: options.importDelay,
    delivery: options.delivery,
    seed,
  })
  const context = { intershop, centra }
  const alerts = {
    mail: new MessageCenter(ACCOUNT, join(stateDirectory, 'mails.jsonl')),
    webhook: new WebhookReceiver(join(stateDirectory, 'webhook.jsonl')),
  }
  try {
    Object.assign(intershop.sftp.faults, faults.sftp)
    Object.assign(intershop.rest.behaviour, faults.icm)
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
      upstreams: {
        [COMMERCE_HOST]: commerceListener(commerce),
        [ICM_HOST]: icmListener(intershop.rest),
        ...(centra && { [CENTRA_HOST]: centraListener(centra, CENTRA_TOKEN) }),
        [MAIL_HOST]: alerts.mail.listener(),
        [WEBHOOK_HOST]: alerts.webhook.listener(),
      },
      hosted: [
        {
          name: 'templates',
          host: COMMERCE_HOST,
          path: TEMPLATE_PATH,
          handle: alerts.mail.listener(),
        },
      ],
      initialSettings: { ...defaultSettings(context, options.schedules ?? false), ...settings },
      log: join(stateDirectory, 'app.log'),
      latency: options.latency,
      limits: options.limits,
      seed,
    })
    for (const rule of faults.calls ?? []) platform.faults.add(rule)
    Object.assign(platform.courier.behaviour, faults.courier)
    Object.assign(platform.vbase.behaviour, faults.vbase)
    const saved = updateSavedSettings(await platform.settings.read(), context)
    await platform.settings.save({ ...saved, ...settings })
    commerce.index.lag = faults.catalogLag ?? 0
    const broadcaster = new Broadcaster(commerce, platform.events.send)
    Object.assign(broadcaster.behaviour, faults.broadcaster)
    const sandbox = assemble({ platform, commerce, centra, broadcaster, intershop, alerts })
    addControl(sandbox)
    return sandbox
  } catch (error) {
    await intershop.stop()
    throw error
  }
}

/** Loads the Centra company that shares SKUs with the account, with the changes of earlier runs. */
function startCompany(
  { catalog }: Account,
  { stateDirectory, faults = {} }: SandboxOptions
): Company {
  const company = new Company(catalog)
  persistCompany(company, join(stateDirectory, 'centra.jsonl'))
  Object.assign(company.behaviour, faults.centra)
  return company
}

function assemble(parts: Omit<Sandbox, 'url' | 'compare' | 'stop'>): Sandbox {
  const { platform, broadcaster, intershop } = parts
  return {
    ...parts,
    url: platform.url,
    compare: async () => {
      const settings = comparisonSettings(await platform.settings.read())
      return compare(() => allExpectedOffers(parts, settings), intershop.inventory)
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
  const { commerce, centra } = sandbox
  addCommerceControl(control, commerce)
  addSellerControl(control, commerce)
  if (centra) addCentraControl(control, centra, commerce)
  addBroadcasterControl(control, sandbox.broadcaster)
  addIntershopControl(control, sandbox.intershop)
  addControlPage(sandbox)
  addAlertControl(control, sandbox.alerts)
  control.get('/compare', async (ctx) => {
    ctx.body = await sandbox.compare()
  })
}
