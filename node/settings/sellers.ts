import { OWN_SELLER } from '../offers/offerSku'
import type { StockSource } from '../sources/source'
import { centraOf, type Settings } from './settings'

/**
 * Whether a source is asked for a seller's offers.
 * @param only the seller that is asked for, where it is one
 */
export const isAskedOf =
  (settings: Settings, source: StockSource, only?: string) =>
  (sellerId: string): boolean =>
    sourceOfSeller(settings, sellerId) === source && (only === undefined || only === sellerId)

/** Where a seller's stock is read; undefined for one whose offers are not exported. */
export function sourceOfSeller(settings: Settings, sellerId: string): StockSource | undefined {
  const { sellers } = settings
  if (sellers.length > 0 && !sellers.includes(sellerId)) return undefined
  if (centraOf(settings)?.sellerId === sellerId) return 'centra'
  return sellerId === OWN_SELLER ? 'own' : 'sellers'
}
