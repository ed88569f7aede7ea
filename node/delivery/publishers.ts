import type { Settings } from '../settings/settings'
import { icmSftp } from './icmFiles'
import { type IcmApi, IcmRestPublisher } from './icmRest'
import { iomSftp } from './iomSftp'
import type { Publisher } from './publisher'
import { type FileFormat, SftpPublisher, type SftpTools } from './sftpPublisher'

const formats: Record<
  Exclude<Settings['delivery'], 'icm-rest'>,
  (settings: Settings) => FileFormat
> = { 'icm-sftp': icmSftp, 'iom-sftp': iomSftp }

/** The publisher that the setting `delivery` names. */
export function publisherOf(settings: Settings, tools: SftpTools & { icm: IcmApi }): Publisher {
  const { delivery } = settings
  if (delivery === 'icm-rest') return new IcmRestPublisher(settings, tools.icm)
  return new SftpPublisher(settings, formats[delivery](settings), tools)
}
