import { XMLBuilder } from 'fast-xml-parser'

const ROWS_AT_ONCE = 200

/** The content of a response, before it is JSON or XML. */
export interface Content {
  status: string
  /** The products, generated while they are sent. */
  products?: Iterable<object>
  [field: string]: unknown
}

const xml = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false })

/**
 * Centra does not document its XML: here a `<response>` with the fields, `<products>` of `<product>`, and null as an empty
 * element.
 */
export function* xmlOf({ products, ...fields }: Content): Generator<string> {
  const { status, ...rest } = fields
  const list = products && { products: { product: [...products] } }
  yield xml.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    response: { status, ...list, ...rest },
  })
}

/** Yields some products at a time, so that the whole stock is never one string. */
export function* jsonOf({ products, ...fields }: Content): Generator<string> {
  const { status, ...rest } = fields
  if (products === undefined) {
    yield JSON.stringify(fields)
    return
  }
  let text = `{"status":${JSON.stringify(status)},"products":[`
  let rows = 0
  for (const product of products) {
    text += `${rows === 0 ? '' : ','}${JSON.stringify(product)}`
    if (++rows % ROWS_AT_ONCE > 0) continue
    yield text
    text = ''
  }
  // The fields after the list, without the opening brace.
  const after = JSON.stringify(rest).slice(1)
  yield `${text}]${after === '}' ? '' : ','}${after}`
}
