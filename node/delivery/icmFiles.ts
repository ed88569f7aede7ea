import { createHash } from 'crypto'
import { XMLBuilder } from 'fast-xml-parser'
import { splitEvery } from 'ramda'
import { iso, timestampOf } from '../common/clock'
import { yieldToEvents } from '../common/concurrency'
import type { MappedOffer } from '../offers/stockOffer'
import type { Settings } from '../settings/settings'
import type { FileFormat } from './sftpPublisher'

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

/** The builder leaves out what is undefined. */
function offerElement(offer: MappedOffer, quantityAttribute: string) {
  const { supplier } = offer
  const available = offer.quantity > 0 ? 1 : 0
  return {
    '@sku': offer.offerSku,
    // REPLACE and INITIAL would take away or switch on what the file does not mention.
    '@import-mode': 'UPDATE',
    sku: offer.offerSku,
    available,
    'availability-status': available,
    supplier: supplier && { 'supplier-name': supplier.name, 'supplier-sku': supplier.sku },
    'custom-attributes': {
      'custom-attribute': [
        attribute(quantityAttribute, 'int', offer.quantity),
        attribute('StockSellerId', 'string', offer.sellerId),
        attribute('StockObservedAt', 'date', iso(offer.observedAt)),
      ],
    },
  }
}

const [HEAD = '', TAIL = ''] = builder
  .build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    enfinity: { ...ROOT, '#text': '*' },
  })
  .split('*')

/** Offers that are written in one turn. */
const OFFERS_AT_ONCE = 500

/**
 * Offers as Intershop imports them: catalog impex XML, UTF-8, mode UPDATE. The same offers give the same text.
 * @param quantityAttribute name of the custom attribute that holds the quantity
 */
export async function offersXml(
  offers: readonly MappedOffer[],
  quantityAttribute: string
): Promise<string> {
  const parts: string[] = []
  for (const some of splitEvery(OFFERS_AT_ONCE, offers)) {
    if (parts.length > 0) await yieldToEvents()
    const offer = some.map((each) => offerElement(each, quantityAttribute))
    parts.push(builder.build({ offer }))
  }
  return `${HEAD}\n${parts.join('')}${TAIL}`
}

type FileSettings = Pick<Settings, 'sftpFilePrefix' | 'quantityAttribute'>

/** A file of a batch's offers. @param number of the file within its batch, from 1 */
export async function icmFile(
  { sftpFilePrefix, quantityAttribute }: FileSettings,
  version: number,
  offers: readonly MappedOffer[],
  number = 1
) {
  const content = await offersXml(offers, quantityAttribute)
  return { name: fileName(sftpFilePrefix, version, number, content), content }
}

/**
 * Name of a file in Intershop's drop. Intershop imports in order of names, so what sorts is the moment of observation: a
 * later observation is imported later. The end is a hash of the content, so the same name always means the same file.
 */
export function fileName(prefix: string, version: number, number: number, content: string): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return `${prefix}-${timestampOf(version)}-${String(number).padStart(4, '0')}-${hash}.xml`
}

/** Offers in one file: about 2 MB. */
const OFFERS_A_FILE = 5_000

/** Intershop ICM offers as impex XML, in files that ICM's transport framework picks up. */
export const icmSftp = (settings: FileSettings): FileFormat => ({
  prefix: `${settings.sftpFilePrefix}-`,
  ours: new RegExp(`^${settings.sftpFilePrefix}-(\\d{8}T\\d{9})-\\d{4}-[0-9a-f]{12}\\.xml$`),
  async *files({ version, offers }) {
    for (const [index, some] of splitEvery(OFFERS_A_FILE, offers).entries()) {
      yield await icmFile(settings, version, some, index + 1)
    }
  },
})
