import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { OfferUpdate } from '../inventory'
import { readOffer } from './read-offer'
import { Rejected } from './rejected'

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => name === 'offer' || name === 'custom-attribute',
})

/**
 * Reads the offers of an impex file by catalog.xsd's rules, the names of the
 * custom attributes being the shop's. Throws `Rejected` with what is wrong.
 */
export function readOffers(xml: string, quantityAttribute: string): OfferUpdate[] {
  const wellFormed = XMLValidator.validate(xml)
  if (wellFormed !== true) {
    throw new Rejected(`malformed XML, line ${wellFormed.err.line}: ${wellFormed.err.msg}`)
  }
  const document: Record<string, unknown> = parser.parse(xml)
  const root = document.enfinity
  if (root === '') return []
  if (!isElement(root)) throw new Rejected('the root element must be <enfinity>')
  for (const name of Object.keys(root)) {
    if (!name.startsWith('@') && name !== 'offer') {
      throw new Rejected(`<${name}> is not expected: this importer takes <offer> only`)
    }
  }
  const offers = Array.isArray(root.offer) ? root.offer : []
  return offers.map((offer, index) => {
    if (!isElement(offer)) throw new Rejected(`offer ${index + 1} is empty`)
    return readOffer(offer, quantityAttribute)
  })
}

function isElement(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
