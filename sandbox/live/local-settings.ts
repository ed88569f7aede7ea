import { randomBytes } from 'node:crypto'
import type { Settings } from '../platform/settings'
import {
  type Intershop,
  SFTP_DIRECTORIES,
  SFTP_PASSWORD,
  SFTP_USER,
} from '../world/intershop/intershop'

/** Settings of the routes, the schedules and the workspaces: of no use to an app that nobody else calls. */
const OF_THE_PLATFORM = [
  ...['token', 'previousToken', 'updateSchedule', 'fullSchedule'],
  ...['deliverFromWorkspace', 'affiliateNotifications', 'adminEmail'],
]
/** Settings of where offers go to. */
const OF_THE_PUBLISHER = /^(delivery$|sftp(?!FilePrefix)|icm|iom)/

/** Whether a setting of a file is used, by its name. */
export const usedFrom = (deliver: boolean) => (name: string) =>
  !OF_THE_PLATFORM.includes(name) && (deliver || !OF_THE_PUBLISHER.test(name))

/** A token for the app's routes that lasts as long as this process. */
export const newToken = () => randomBytes(24).toString('hex')

/** The settings that a run sets itself. Nothing calls the app by itself: a run is one export. */
export function ownSettings(
  token: string,
  perMinute: number,
  intershop: Pick<Intershop, 'sftp' | 'hostKeyFingerprint'> | undefined
): Settings {
  return {
    token,
    updateSchedule: '',
    fullSchedule: '',
    maxRequestsPerMinute: perMinute,
    ...(intershop && {
      delivery: 'icm-sftp',
      sftpHost: '127.0.0.1',
      sftpPort: intershop.sftp.port,
      sftpUser: SFTP_USER,
      sftpPassword: SFTP_PASSWORD,
      sftpHostKey: intershop.hostKeyFingerprint,
      sftpDirectory: SFTP_DIRECTORIES['icm-sftp'],
    }),
  }
}

/** The smaller of the rates that a person and the settings name; 0 of the settings is no limit. */
export function rateOf(perMinute: number, { maxRequestsPerMinute }: Settings): number {
  const own = Number(maxRequestsPerMinute)
  return own > 0 ? Math.min(own, perMinute) : perMinute
}
