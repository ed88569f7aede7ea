import type { OfferUpdate } from '../inventory'
import { readDocument } from './elements'
import { readOffer } from './read-offer'
import { checkSchema } from './schema'

/**
 * Reads the offers of an impex file by catalog.xsd's rules, the names of the
 * custom attributes being the shop's. Throws `Rejected` with what is wrong.
 */
export function readOffers(xml: string, quantityAttribute: string): OfferUpdate[] {
  const root = readDocument(xml)
  checkSchema(root)
  return root.children.map((offer) => readOffer(offer, quantityAttribute))
}
