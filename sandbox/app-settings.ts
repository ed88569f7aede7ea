import type { Settings } from './platform'
import { WEBHOOK_URL } from './world/alerts/webhook-receiver'
import { CENTRA_SELLER, CENTRA_TOKEN, CENTRA_URL } from './world/centra/access'
import type { Company } from './world/centra/company'
import {
  type Intershop,
  SFTP_DIRECTORIES,
  SFTP_PASSWORD,
  SFTP_USER,
} from './world/intershop/intershop'
import {
  ICM_DOMAIN,
  ICM_HOST,
  ICM_LOCALE,
  ICM_ORGANIZATION,
  ICM_PASSWORD,
  ICM_SITE,
  ICM_UNIT,
  ICM_USER,
} from './world/intershop/rest/access'
import { IOM_SHOP, IOM_SUPPLIERS } from './world/intershop/suppliers'

const HOST = '127.0.0.1'

/** The app's API token in the sandbox. */
export const TOKEN = 'sandbox-token'

/** Where alerts go if schedules are on: `GET /_sandbox/mails` and `/_sandbox/webhook` show them. */
const ALERTS = { adminEmail: 'operator@example.com', alertWebhook: WEBHOOK_URL }

/** The parts of the sandbox that the app's settings refer to. */
interface SettingsContext {
  intershop: Pick<Intershop, 'sftp' | 'hostKeyFingerprint' | 'delivery' | 'rest'>
  centra: Company | undefined
}

/** The app's settings at the first start. */
export function defaultSettings(
  { intershop, centra }: SettingsContext,
  schedules: boolean
): Settings {
  return {
    token: TOKEN,
    skuIdentifier: 'refId',
    delivery: intershop.delivery,
    ...(intershop.delivery === 'iom-sftp' && iomSettings()),
    ...(intershop.delivery === 'icm-rest' && icmSettings(intershop)),
    ...(schedules ? ALERTS : { updateSchedule: '', fullSchedule: '' }),
    sftpHost: HOST,
    sftpPort: intershop.sftp.port,
    sftpUser: SFTP_USER,
    sftpPassword: SFTP_PASSWORD,
    sftpHostKey: intershop.hostKeyFingerprint,
    sftpDirectory: SFTP_DIRECTORIES[intershop.delivery],
    ...(centra && centraSettings(centra)),
  }
}

const icmSettings = ({ rest }: Pick<Intershop, 'rest'>) => ({
  icmUrl: `https://${ICM_HOST}`,
  icmSite: ICM_SITE,
  icmOrganization: ICM_ORGANIZATION,
  icmUser: ICM_USER,
  icmPassword: ICM_PASSWORD,
  icmUnit: ICM_UNIT,
  icmDomain: ICM_DOMAIN,
  icmLocale: ICM_LOCALE,
  icmParameterStyle: rest.behaviour.style,
})

const iomSettings = () => ({
  iomShopId: IOM_SHOP,
  iomSuppliers: [...IOM_SUPPLIERS].map(([supplierId, id]) => `${id}=${supplierId}`).join(),
})

/**
 * Adapts saved settings to this start: the SFTP port may be another one, and Centra may have been added, removed or
 * moved to another time zone. Settings that refer to other servers stay.
 */
export function updateSavedSettings(
  saved: Settings,
  { intershop, centra }: SettingsContext
): Settings {
  const port = saved.sftpHost === HOST ? { sftpPort: intershop.sftp.port } : {}
  const rest = centra ? withCompany(saved, centraSettings(centra)) : withoutCompany(saved)
  return { ...rest, ...port }
}

function withCompany(saved: Settings, current: ReturnType<typeof centraSettings>): Settings {
  const { centraTimeZone, centraAuth } = current
  if (saved.centraUrl === undefined) return { ...saved, ...current }
  return saved.centraUrl === CENTRA_URL ? { ...saved, centraTimeZone, centraAuth } : saved
}

/** Removes the simulated Centra from the settings; keeps those of a real one. */
function withoutCompany(saved: Settings): Settings {
  const { centraUrl, centraToken, centraAuth, centraSellerId, centraTimeZone, ...others } = saved
  return centraUrl === CENTRA_URL ? others : saved
}

/** The settings with which the app reads the company's Centra. */
export function centraSettings({ behaviour }: Company) {
  return {
    centraUrl: CENTRA_URL,
    centraToken: CENTRA_TOKEN,
    centraAuth: behaviour.auth === 'bearer' ? 'bearer' : 'api-authorization',
    centraSellerId: CENTRA_SELLER,
    centraTimeZone: behaviour.timeZone,
  }
}
