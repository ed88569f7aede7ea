import type { Company } from '../world/centra/company'
import type { Account } from '../world/commerce/account'
import { expectedFromCentra } from './centra'
import { type ExpectedOffer, isExported } from './expected-offer'
import { expectedFromSellers } from './other-sellers'
import { expectedOwnOffers } from './own-stock'
import type { ComparisonSettings } from './settings'

/** Whose stock is sold in Intershop. */
export interface Sellers {
  commerce: Account
  /** Absent where no stock is kept in Centra. */
  centra?: Company | undefined
}

/** What Intershop must hold, of each source in turn. */
export function* allExpectedOffers(
  { commerce, centra }: Sellers,
  settings: ComparisonSettings
): Generator<ExpectedOffer> {
  yield* expectedOwnOffers(commerce, settings)
  yield* expectedFromSellers(commerce, settings)
  if (centra && isExported(settings.centraSellerId ?? '', settings)) {
    yield* expectedFromCentra(centra, commerce, settings)
  }
}
