import type { MappedOffer } from '../offers/stockOffer'
import type { Settings } from '../settings/settings'
import { IOM_VERSION_STEP_MS, unfitForIom } from './iomSftp'

/** Why the publisher that the settings name cannot publish an offer; undefined where it can. */
export const unpublishable = (
  offer: Pick<MappedOffer, 'sellerId' | 'offerSku'>,
  settings: Settings
): string | undefined =>
  settings.delivery === 'iom-sftp' ? unfitForIom(offer, settings) : undefined

/** How far apart the versions of two batches are at least, in milliseconds. */
export const versionStep = ({ delivery }: Pick<Settings, 'delivery'>): number =>
  delivery === 'iom-sftp' ? IOM_VERSION_STEP_MS : 1
