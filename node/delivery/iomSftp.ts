import { groupBy, props } from 'ramda'
import { timestampOf } from '../common/clock'
import type { MappedOffer } from '../offers/stockOffer'
import type { Settings } from '../settings/settings'
import type { FileFormat } from './sftpPublisher'

const COLUMNS = [
  ...['supplierArticleNo', 'currency', 'purchasePrice', 'listPrice'],
  ...['stockLevel', 'stockType', 'availabilityInDays'],
  ...['salesPrice', 'basicPrice', 'basicPriceUnitValue', 'basicPriceUnit', 'salesPriceOld'],
  ...['provisionType', 'provisionPercentage', 'taxType', 'isBestseller'],
]

/** Characters that would break a row: the format has no quotes. */
const UNFIT_CHARACTERS = /[|\p{Cc}\u2028\u2029]/u

type IomSettings = Pick<Settings, 'delivery' | 'iomShopId' | 'iomSuppliers'>

/** Why the publisher that the settings name cannot publish an offer; undefined where it can. */
export function unpublishable(
  { sellerId, offerSku }: Pick<MappedOffer, 'sellerId' | 'offerSku'>,
  { delivery, iomSuppliers }: IomSettings
): string | undefined {
  if (delivery !== 'iom-sftp') return undefined
  if (!iomSuppliers.has(sellerId)) return `iomSuppliers has no supplier for seller ${sellerId}`
  return UNFIT_CHARACTERS.test(offerSku)
    ? "the offer SKU has | or a control character, which IOM's CSV cannot carry"
    : undefined
}

/** How far apart the versions of two batches are at least, in milliseconds: file names for IOM have whole seconds. */
export const versionStep = ({ delivery }: Pick<Settings, 'delivery'>): number =>
  delivery === 'iom-sftp' ? 1_000 : 1

/** Stock for Intershop Order Management: a CSV file for each shop and supplier. */
export const iomSftp = (settings: IomSettings): FileFormat => ({
  prefix: `${settings.iomShopId}_`,
  ours: new RegExp(
    `^${settings.iomShopId}_(?:${[...settings.iomSuppliers.values()].join('|')})_(\\d{14})_BCG\\.csv$`
  ),
  async *files({ version, offers }) {
    const second = timestampOf(version).replace('T', '').slice(0, 14)
    // Removed offers that IOM could never have are left out: no supplier, or an unfit offer SKU.
    const known = offers.filter((offer) => !unpublishable(offer, settings))
    const bySupplier = groupBy(({ sellerId }) => settings.iomSuppliers.get(sellerId) ?? '', known)
    for (const [supplierId, ofSupplier = []] of Object.entries(bySupplier)) {
      const name = `${settings.iomShopId}_${supplierId}_${second}_BCG.csv`
      yield { name, content: offersCsv(ofSupplier) }
    }
  },
})

/** The app exports no prices: other columns stay empty. */
function offersCsv(offers: readonly MappedOffer[]): string {
  const always: Record<string, unknown> = { stockType: 1, availabilityInDays: 0 }
  const rows = offers.map(({ offerSku, quantity }) => {
    const values = { ...always, supplierArticleNo: offerSku, stockLevel: quantity }
    return props(COLUMNS, values).join('|')
  })
  return `${[COLUMNS.join('|'), ...rows].join('\n')}\n`
}
