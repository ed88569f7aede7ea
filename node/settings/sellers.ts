import { OWN_SELLER } from '../offers/sellerId'
import type { StockSource } from '../sources/source'
import { centraOf } from './centra'
import type { Settings } from './settings'

/** Where a seller's stock is read; undefined for one whose offers are not exported. */
export function sourceOfSeller(settings: Settings, sellerId: string): StockSource | undefined {
  const { sellers } = settings
  if (sellers.length > 0 && !sellers.includes(sellerId)) return undefined
  if (centraOf(settings)?.sellerId === sellerId) return 'centra'
  return sellerId === OWN_SELLER ? 'own' : 'sellers'
}
