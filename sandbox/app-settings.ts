import type { Settings } from './platform/settings'
import type { Company } from './world/centra/company'
import { CENTRA_URL, centraSettings } from './world/centra/settings'
import {
  type Intershop,
  SFTP_DIRECTORIES,
  SFTP_PASSWORD,
  SFTP_USER,
} from './world/intershop/intershop'
import { IOM_SHOP, IOM_SUPPLIERS } from './world/intershop/suppliers'

const HOST = '127.0.0.1'

/** The header `token` that the sandbox's app settings ask for. */
export const TOKEN = 'sandbox-token'

/** What of the world the app's settings name. */
interface Named {
  intershop: Pick<Intershop, 'sftp' | 'fingerprint' | 'delivery'>
  centra: Company | undefined
}

/** The settings with which an app begins that was never configured. */
export function firstSettings({ intershop, centra }: Named, schedules: boolean): Settings {
  return {
    token: TOKEN,
    skuIdentifier: 'refId',
    delivery: intershop.delivery,
    ...(intershop.delivery === 'iom-sftp' && iomSettings()),
    ...(schedules ? {} : { updateSchedule: '', fullSchedule: '' }),
    sftpHost: HOST,
    sftpPort: intershop.sftp.port,
    sftpUser: SFTP_USER,
    sftpPassword: SFTP_PASSWORD,
    sftpHostKey: intershop.fingerprint,
    sftpDirectory: SFTP_DIRECTORIES[intershop.delivery],
    ...(centra && centraSettings(centra)),
  }
}

const iomSettings = () => ({
  iomShopId: IOM_SHOP,
  iomSuppliers: [...IOM_SUPPLIERS].map(([supplierId, id]) => `${id}=${supplierId}`).join(),
})

/**
 * Saved settings that survived a restart, fit for the world as it is now: the port may be taken by somebody else,
 * and the company in Centra may have come, gone, or moved to another time zone.
 */
export function broughtUpToDate(saved: Settings, { intershop, centra }: Named): Settings {
  const port = saved.sftpHost === HOST ? { sftpPort: intershop.sftp.port } : {}
  const rest = centra ? withCompany(saved, centraSettings(centra)) : withoutCompany(saved)
  return { ...rest, ...port }
}

function withCompany(saved: Settings, ours: ReturnType<typeof centraSettings>): Settings {
  const { centraTimeZone, centraAuth } = ours
  if (saved.centraUrl === undefined) return { ...saved, ...ours }
  return saved.centraUrl === CENTRA_URL ? { ...saved, centraTimeZone, centraAuth } : saved
}

/** A company that is not there is not to be read; somebody else's Centra is no matter of ours. */
function withoutCompany(saved: Settings): Settings {
  const { centraUrl, centraToken, centraAuth, centraSellerId, centraTimeZone, ...others } = saved
  return centraUrl === CENTRA_URL ? others : saved
}
