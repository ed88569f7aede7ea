import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { offerIdentity } from '../offers/offerSku'
import type { MappedOffer } from '../offers/stockOffer'
import { offersXml } from './icmFiles'

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  isArray: (name) => name === 'offer',
})

interface ParsedOffer {
  '@sku': string
  '@import-mode': string
  sku: string
  available: string
  'availability-status': string
  'custom-attributes': {
    'custom-attribute': Array<{ '@name': string; '@dt:dt': string; '#text': string }>
  }
}

function parsed(xml: string): ParsedOffer[] {
  expect(XMLValidator.validate(xml)).toBe(true)
  return parser.parse(xml).enfinity.offer
}

const nasty = fc.constantFrom(
  '&',
  '<',
  '>',
  '"',
  "'",
  ']]>',
  '&amp;',
  '&#65;',
  '<!--',
  '🧦',
  'é',
  ' '
)

/** Whatever a reference may hold that has a name in Intershop at all. */
const offerSku = fc
  .array(fc.oneof(nasty, fc.fullUnicodeString({ maxLength: 3 })), { minLength: 1, maxLength: 12 })
  .map((pieces) => offerIdentity({ skuId: 1, refId: pieces.join('') }, '1', 'refId', ''))
  .filter((identity): identity is { offerSku: string } => 'offerSku' in identity)
  .map((identity) => identity.offerSku)

const offer: fc.Arbitrary<MappedOffer> = fc.record({
  skuId: fc.nat(),
  sellerId: fc.constantFrom('1', 'acme', 'a&b'),
  quantity: fc.oneof(fc.constant(0), fc.nat(2 ** 31 - 1)),
  observedAt: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2099, 11, 31) }),
  offerSku,
})

const offers = fc.array(offer, { minLength: 1, maxLength: 6 })

describe('offersXml', () => {
  it('writes offers that read back the same, whatever their names', async () => {
    await fc.assert(
      fc.asyncProperty(offers, async (given) => {
        const read = parsed(await offersXml(given, 'Stock & "Quantity"')).map((element) => {
          const values = element['custom-attributes']['custom-attribute'].map((attribute) => [
            attribute['@name'],
            attribute['@dt:dt'],
            attribute['#text'],
          ])
          return [element['@sku'], element.sku, ...values]
        })
        expect(read).toEqual(
          given.map(({ offerSku: name, sellerId, quantity, observedAt }) => [
            name,
            name,
            ['Stock & "Quantity"', 'int', String(quantity)],
            ['StockSellerId', 'string', sellerId],
            ['StockObservedAt', 'date', new Date(observedAt).toISOString()],
          ])
        )
      }),
      { numRuns: 300 }
    )
  })

  it('marks an offer as available only if its quantity is above 0', async () => {
    await fc.assert(
      fc.asyncProperty(offers, async (given) => {
        for (const [index, element] of parsed(await offersXml(given, 'Q')).entries()) {
          const available = given[index]?.quantity === 0 ? '0' : '1'
          expect(element.available).toBe(available)
          expect(element['availability-status']).toBe(available)
        }
      })
    )
  })

  it('writes import mode UPDATE only', async () => {
    await fc.assert(
      fc.asyncProperty(offers, async (given) => {
        for (const element of parsed(await offersXml(given, 'Q'))) {
          expect(element['@import-mode']).toBe('UPDATE')
        }
      })
    )
  })

  it('returns the same bytes for the same offers', async () => {
    await fc.assert(
      fc.asyncProperty(offers, async (given) => {
        expect(await offersXml(structuredClone(given), 'Q')).toBe(await offersXml(given, 'Q'))
      })
    )
  })

  it('writes the supplier and its own SKU for another seller', async () => {
    const one = { skuId: 1, quantity: 1, observedAt: 0, offerSku: 'A1_2' }
    const supplied = (supplier: MappedOffer['supplier']) =>
      offersXml([{ ...one, sellerId: '2', supplier }], 'Q')
    expect(await supplied({ name: 'Skogs & Son', sku: '3131' })).toContain(`
 <supplier>
  <supplier-name>Skogs &amp; Son</supplier-name>
  <supplier-sku>3131</supplier-sku>
 </supplier>
`)
    expect(await supplied({ name: 'Kronan' })).not.toContain('supplier-sku')
    expect(await supplied(undefined)).not.toContain('supplier')
  })

  it('writes the document that Intershop imports', async () => {
    const one = { skuId: 1, sellerId: '1', quantity: 17, observedAt: 0, offerSku: 'A1' }
    expect(await offersXml([one], 'StockQuantity')).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<enfinity xmlns="http://www.intershop.com/xml/ns/enfinity/7.1/xcs/impex" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:dt="http://www.intershop.com/xml/ns/enfinity/6.5/core/impex-dt" xsi:schemaLocation="http://www.intershop.com/xml/ns/enfinity/7.1/xcs/impex catalog.xsd http://www.intershop.com/xml/ns/enfinity/6.5/core/impex-dt dt.xsd" major="6" minor="1" family="enfinity" branch="enterprise" build="7.0.2">
<offer sku="A1" import-mode="UPDATE">
 <sku>A1</sku>
 <available>1</available>
 <availability-status>1</availability-status>
 <custom-attributes>
  <custom-attribute name="StockQuantity" dt:dt="int">17</custom-attribute>
  <custom-attribute name="StockSellerId" dt:dt="string">1</custom-attribute>
  <custom-attribute name="StockObservedAt" dt:dt="date">1970-01-01T00:00:00.000Z</custom-attribute>
 </custom-attributes>
</offer>
</enfinity>
`
    )
  })
})
