import { XMLParser } from 'fast-xml-parser'

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  // Numbered characters are among them.
  htmlEntities: true,
  // A document may define entities of one character: with those, no answer grows while it is read. How many
  // there are is not bounded, as it would bound the &quot; and &lt; of an ordinary page too.
  processEntities: { maxEntitySize: 1, maxTotalExpansions: Number.POSITIVE_INFINITY },
})

type Elements = Record<string, unknown>

const isElements = (value: unknown): value is Elements =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * An answer in XML in the shape of one in JSON. Centra documents nothing of its XML, so the names of the root
 * and of the elements that hold rows play no part.
 * @returns undefined where it is no XML, or breaks off
 */
export function readXml(xml: string): unknown {
  const root = rootOf(xml)
  if (!isElements(root) || !('products' in root)) return root
  const { products } = root
  if (products === '') return { ...root, products: [] }
  return typeof products === 'string' ? root : { ...root, products: rowsOf(products) }
}

function rootOf(xml: string): unknown {
  try {
    // Checked: what breaks off would otherwise pass for a page with fewer rows.
    const document: Elements = parser.parse(xml, true)
    return Object.entries(document).find(([name]) => !name.startsWith('?'))?.[1]
  } catch {
    return undefined
  }
}

/** `<products>` around the rows, whatever they are called, or `<products>` for each row. */
function rowsOf(products: unknown): unknown[] {
  if (Array.isArray(products)) return products.flatMap(rowsOf)
  if (!isElements(products) || 'stockItemId' in products || 'sku' in products) return [products]
  return Object.values(products).flat()
}
