import type { Settings } from '../settings/settings'
import { icmSftp } from './icmFiles'
import { type IcmApi, IcmRestPublisher } from './icmRest'
import { iomSftp } from './iomSftp'
import type { Publisher } from './publisher'
import { SftpPublisher, type SftpTools } from './sftpPublisher'

/** The publisher that the setting `delivery` names. */
export function publisherOf(settings: Settings, tools: SftpTools & { icm: IcmApi }): Publisher {
  if (settings.delivery === 'icm-rest') return new IcmRestPublisher(settings, tools.icm)
  const format = settings.delivery === 'iom-sftp' ? iomSftp : icmSftp
  return new SftpPublisher(settings, format(settings), tools)
}
