import type { Company } from '../world/centra/company'
import type { Account } from '../world/commerce/account'
import { expectedFromCentra } from './centra'
import { type ExpectedOffer, isExported } from './expected-offer'
import { expectedFromSellers } from './other-sellers'
import { expectedOwnOffers } from './own-stock'
import type { ComparisonSettings } from './settings'

/** The upstreams whose stock is exported. */
export interface StockSources {
  commerce: Account
  /** Absent if Centra is not simulated. */
  centra?: Company | undefined
}

/** All offers that Intershop must have, source by source. */
export function* allExpectedOffers(
  { commerce, centra }: StockSources,
  settings: ComparisonSettings
): Generator<ExpectedOffer> {
  yield* expectedOwnOffers(commerce, settings)
  yield* expectedFromSellers(commerce, settings)
  if (centra && isExported(settings.centraSellerId ?? '', settings)) {
    yield* expectedFromCentra(centra, commerce, settings)
  }
}
