import type { Settings } from './platform'
import { CENTRA_SELLER, CENTRA_TOKEN, CENTRA_URL } from './world/centra/access'
import type { Company } from './world/centra/company'
import {
  type Intershop,
  SFTP_DIRECTORY,
  SFTP_PASSWORD,
  SFTP_USER,
} from './world/intershop/intershop'

const HOST = '127.0.0.1'

/** The header `token` that the sandbox's app settings ask for. */
export const TOKEN = 'sandbox-token'

/** What of the world the app's settings name. */
interface Named {
  intershop: Pick<Intershop, 'sftp' | 'fingerprint'>
  centra: Company | undefined
}

/** The settings with which an app begins that was never configured. */
export function firstSettings({ intershop, centra }: Named, schedules: boolean): Settings {
  return {
    token: TOKEN,
    skuIdentifier: 'refId',
    delivery: 'icm-sftp',
    ...(schedules ? {} : { updateSchedule: '', fullSchedule: '' }),
    sftpHost: HOST,
    sftpPort: intershop.sftp.port,
    sftpUser: SFTP_USER,
    sftpPassword: SFTP_PASSWORD,
    sftpHostKey: intershop.fingerprint,
    sftpDirectory: SFTP_DIRECTORY,
    ...(centra && centraSettings(centra)),
  }
}

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

/** The settings with which the app reads the company's Centra. */
function centraSettings({ behaviour }: Company) {
  return {
    centraUrl: CENTRA_URL,
    centraToken: CENTRA_TOKEN,
    centraAuth: behaviour.auth === 'bearer' ? 'bearer' : 'api-authorization',
    centraSellerId: CENTRA_SELLER,
    centraTimeZone: behaviour.timeZone,
  }
}
