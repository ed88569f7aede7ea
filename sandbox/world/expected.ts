import type { Company } from './centra/company'
import { expectedFromCentra } from './centra/truth'
import type { Account } from './commerce/account'
import { expectedFromSellers } from './commerce/sellers-truth'
import {
  type ExpectedOffer,
  expectedOffers,
  isExported,
  type TruthSettings,
} from './commerce/truth'

/** Whose stock is sold in Intershop. */
export interface Sellers {
  commerce: Account
  /** Absent where no stock is kept in Centra. */
  centra?: Company | undefined
}

/** What Intershop must hold, of each source in turn. */
export function* expectedOfAll(
  { commerce, centra }: Sellers,
  settings: TruthSettings
): Generator<ExpectedOffer> {
  yield* expectedOffers(commerce, settings)
  yield* expectedFromSellers(commerce, settings)
  if (centra && isExported(settings.centraSellerId ?? '', settings)) {
    yield* expectedFromCentra(centra, commerce, settings)
  }
}
