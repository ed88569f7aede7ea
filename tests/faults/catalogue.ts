import { CALL_CASES } from './callCases'
import type { FaultCase } from './faultCase'
import { OWN_CASES } from './ownCases'

/** Every fault at every upstream at which it makes sense. */
export const CATALOGUE: readonly FaultCase[] = [...CALL_CASES, ...OWN_CASES]

/** Ways to ask for an export under a fault. */
export type Way = 'export' | 'update' | 'first update' | 'export/seller/2'

/** The ways in which a fault is tried. */
export function waysOf({ upstream, name }: FaultCase): readonly Way[] {
  // Which SKUs changed, the plan of an update says itself.
  if (name.startsWith('vbase worklists:')) return ['export', 'first update']
  // What no page shows, only an export of everything misses.
  if (name.startsWith('centra: a row in no list')) return ['export']
  switch (upstream) {
    // A POST of its own asks the register whether there is such a seller.
    case 'sellers':
      return ['export/seller/2', 'export', 'update']
    // Which SKUs a seller is bound to, an export of everything lists.
    case 'bindings':
      return ['export/seller/2', 'export']
    // An update that is not the first knows its SKUs without the catalog's list, and which SKU a row is.
    case 'catalog-list':
    case 'catalog-ean':
    case 'catalog-refs':
      return ['export', 'first update']
    // The first asks for all rows, those that follow for what changed.
    case 'centra':
      return ['export', 'update', 'first update']
    default:
      return ['export', 'update']
  }
}
