import { CALL_CASES } from './callCases'
import type { FaultCase } from './faultCase'
import { OWN_CASES } from './ownCases'

/** Every fault at every upstream at which it makes sense. */
export const CATALOGUE: readonly FaultCase[] = [...CALL_CASES, ...OWN_CASES]

/** The routes under which a fault is tried. */
export function routesOf({ upstream }: FaultCase): readonly string[] {
  // The register is asked for by nothing else, and for sellers other than the account itself.
  return upstream === 'sellers' ? ['export/seller/2'] : ['export', 'update']
}
