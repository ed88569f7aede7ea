import type { OfferUpdate } from '../inventory'
import { readDocument } from './elements'
import { readOffer } from './read-offer'
import { checkSchema } from './schema'

/**
 * Parses the offers of an impex file and validates them by catalog.xsd. Throws `Rejected` with the reason.
 */
export function readOffers(xml: string, quantityAttribute: string): OfferUpdate[] {
  const root = readDocument(xml)
  checkSchema(root)
  return root.children.map((offer) => readOffer(offer, quantityAttribute))
}
