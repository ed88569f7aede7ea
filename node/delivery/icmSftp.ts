import { createHash } from 'crypto'

import { offersXml } from './offersXml'
import type { FileFormat } from './sftpPublisher'

/** Offers in one file: about 2 MB. */
const OFFERS_A_FILE = 5_000

/** Settings of the delivery `icm-sftp`. */
export interface IcmSftpSettings {
  sftpFilePrefix: string
  quantityAttribute: string
}

/**
 * Intershop ICM offers as impex XML, in files that ICM's transport framework picks up.
 * @param timestampOf a moment as text that sorts by time
 */
export const icmSftp = (
  { sftpFilePrefix, quantityAttribute }: IcmSftpSettings,
  timestampOf: (moment: number) => string
): FileFormat => ({
  prefix: `${sftpFilePrefix}-`,
  ours: new RegExp(`^${sftpFilePrefix}-(\\d{8}T\\d{9})-\\d{4}-[0-9a-f]{12}\\.xml$`),
  *files({ version, offers }) {
    for (let start = 0; start < offers.length; start += OFFERS_A_FILE) {
      const content = offersXml(offers.slice(start, start + OFFERS_A_FILE), quantityAttribute)
      const number = start / OFFERS_A_FILE + 1
      yield { name: fileName(sftpFilePrefix, timestampOf(version), number, content), content }
    }
  },
})

/**
 * Name of a file in Intershop's drop. Intershop imports in order of names, so what sorts is the moment
 * of observation: a later observation is imported later. The end is a hash of the content, so the same
 * name always means the same file.
 * @param version when the reading began, as text that sorts by time
 * @param number of the file within its batch, from 1
 */
export function fileName(prefix: string, version: string, number: number, content: string): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return `${prefix}-${version}-${String(number).padStart(4, '0')}-${hash}.xml`
}
