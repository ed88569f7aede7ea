import { XMLBuilder } from 'fast-xml-parser'
import { iso } from '../common/clock'

import type { MappedOffer } from '../offers/stockOffer'

/** Intershop's namespaces and version marks of catalog impex (ICM 7.10 to 14). */
const ROOT = {
  '@xmlns': 'http://www.intershop.com/xml/ns/enfinity/7.1/xcs/impex',
  '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  '@xmlns:dt': 'http://www.intershop.com/xml/ns/enfinity/6.5/core/impex-dt',
  '@xsi:schemaLocation':
    'http://www.intershop.com/xml/ns/enfinity/7.1/xcs/impex catalog.xsd http://www.intershop.com/xml/ns/enfinity/6.5/core/impex-dt dt.xsd',
  '@major': '6',
  '@minor': '1',
  '@family': 'enfinity',
  '@branch': 'enterprise',
  '@build': '7.0.2',
}

const builder = new XMLBuilder({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  textNodeName: '#text',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  format: true,
  indentBy: ' ',
})

const attribute = (name: string, type: 'int' | 'string' | 'date', value: string | number) => ({
  '@name': name,
  '@dt:dt': type,
  '#text': value,
})

const supplierElement = ({ name, sku }: NonNullable<MappedOffer['supplier']>) => ({
  'supplier-name': name,
  ...(sku !== undefined && { 'supplier-sku': sku }),
})

function offerElement(offer: MappedOffer, quantityAttribute: string) {
  const available = offer.quantity > 0 ? 1 : 0
  return {
    '@sku': offer.offerSku,
    // REPLACE and INITIAL would take away or switch on what the file does not mention.
    '@import-mode': 'UPDATE',
    sku: offer.offerSku,
    available,
    'availability-status': available,
    ...(offer.supplier && { supplier: supplierElement(offer.supplier) }),
    'custom-attributes': {
      'custom-attribute': [
        attribute(quantityAttribute, 'int', offer.quantity),
        attribute('StockSellerId', 'string', offer.sellerId),
        attribute('StockObservedAt', 'date', iso(offer.observedAt)),
      ],
    },
  }
}

/**
 * Offers as Intershop imports them: catalog impex XML, UTF-8, mode UPDATE. The same offers give the
 * same text, to the byte.
 * @param quantityAttribute name of the custom attribute that holds the quantity
 */
export function offersXml(offers: readonly MappedOffer[], quantityAttribute: string): string {
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    enfinity: { ...ROOT, offer: offers.map((offer) => offerElement(offer, quantityAttribute)) },
  })
}
