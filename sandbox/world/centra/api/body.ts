import { XMLBuilder } from 'fast-xml-parser'

const ROWS_AT_ONCE = 200

/** What an answer says, before it is JSON or XML. */
export interface Content {
  status: string
  /** The list of products, made while it is sent. */
  products?: Iterable<object>
  [field: string]: unknown
}

const xml = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false })

/**
 * XML's form is undocumented: here `<response>` around the fields, each product a `<product>` of `<products>`,
 * null an empty element.
 */
export function* xmlOf({ products, ...fields }: Content): Generator<string> {
  const { status, ...rest } = fields
  const list = products && { products: { product: [...products] } }
  yield xml.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    response: { status, ...list, ...rest },
  })
}

/** Some products at a time, so that a company's whole stock is never one text. */
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
  // What follows the list, without the brace that opens it.
  const after = JSON.stringify(rest).slice(1)
  yield `${text}]${after === '}' ? '' : ','}${after}`
}
