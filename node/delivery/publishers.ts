import type { Settings } from '../settings/settings'
import { icmSftp } from './icmFiles'
import { type IcmApi, IcmRestPublisher } from './icmRest'
import { iomSftp } from './iomSftp'
import type { Publisher } from './publisher'
import { SftpPublisher, type SftpTools } from './sftpPublisher'

/** What the publishers need around them. */
export interface PublisherTools extends SftpTools {
  icm: IcmApi
}

/** The publisher that the setting `delivery` names. */
export function publisherOf(settings: Settings, tools: PublisherTools): Publisher {
  if (settings.delivery === 'icm-rest') return new IcmRestPublisher(settings, tools.icm)
  const format = settings.delivery === 'iom-sftp' ? iomSftp : icmSftp
  return new SftpPublisher(settings, format(settings), tools)
}
