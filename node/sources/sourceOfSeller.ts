import { OWN_SELLER } from '../offers/offerSku'
import { centraOf, type Settings } from '../settings/settings'
import type { StockSource } from './source'

/**
 * Returns a predicate: true for sellers that this source reads.
 * @param only the seller of the export's scope, if any
 */
export const isAskedOf =
  (settings: Settings, source: StockSource, only?: string) =>
  (sellerId: string): boolean =>
    sourceOfSeller(settings, sellerId) === source && (only === undefined || only === sellerId)

/** The source of a seller; undefined if its offers are not exported. */
export function sourceOfSeller(settings: Settings, sellerId: string): StockSource | undefined {
  const { sellers } = settings
  if (sellers.length > 0 && !sellers.includes(sellerId)) return undefined
  if (centraOf(settings)?.sellerId === sellerId) return 'centra'
  return sellerId === OWN_SELLER ? 'own' : 'sellers'
}
