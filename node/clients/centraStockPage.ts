import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import { type HttpAnswer, jsonOf, parsed } from '../common/upstreamError'
import { CENTRA, httpError, malformed, refusal } from './centraErrors'

export interface StockPage {
  rows: Array<StockRow | UnreadableRow>
  /** Queries of the next and previous page: `?limit=2&page=3`. */
  next?: string | undefined
  previous?: string | undefined
  /** Unused fields with a value of another type than documented. */
  unexpected?: string[] | undefined
}

/** Bounds the page's name in documents. */
const MAX_CHARACTERS = 2_048

/** The query in `next` or `previous`, alone or in a URL. Its host is ignored: the token must not be sent there. */
export function pageOf(link: string): string | undefined {
  const [, query = ''] = /^[^?#]*\?([^#]+)/.exec(link) ?? []
  return query && link.length <= MAX_CHARACTERS ? `?${new URLSearchParams(query)}` : undefined
}

/** Centra: absent on a single page. */
const link = z
  .union([z.string(), z.literal(false)], { error: 'expected text' })
  .nullish()
  .transform((given, context) => {
    const page = given ? pageOf(given) : undefined
    if (given && page === undefined) context.addIssue('expected a query, such as ?limit=2&page=3')
    return page
  })

const stockPage = z
  .object({
    /** Centra: absent without rows. */
    products: z.array(z.unknown(), { error: 'expected a list' }).default([]),
    next: link,
    previous: link,
  })
  .transform(({ products, ...links }): StockPage => {
    const unexpected = new Set<string>()
    const rows = products.map((product, index) => readRow(product, index, unexpected))
    return { rows, ...links, ...(unexpected.size > 0 && { unexpected: [...unexpected].sort() }) }
  })

/** Parses a response. @param secrets values to mask in errors */
export function stockPageOf(answer: HttpAnswer, secrets: readonly string[]): StockPage {
  const content = contentOf(answer.body)
  if (answer.status !== 200) throw httpError(answer, content, secrets)
  if (!content)
    throw malformed('the answer is neither JSON nor XML as Centra sends it, or breaks off')
  if (!('status' in content) || content.status !== 'ok') throw refusal(content, 200, secrets)
  return parsed(CENTRA, stockPage, content)
}

/** XML starts with <, JSON never does, so the headers do not matter. */
function contentOf(body: string): object | undefined {
  const text = body.trimStart()
  const content = text.startsWith('<') ? readXml(text) : jsonOf(text)
  return typeof content === 'object' && content !== null ? content : undefined
}

const WHOLE = 'expected a whole number'
/** Centra: a number. Text with digits is accepted too. */
const whole = z.preprocess(
  (given) => (typeof given === 'string' && /^\s*[+-]?\d+\s*$/.test(given) ? Number(given) : given),
  z.number({ error: WHOLE }).int(WHOLE)
)
const text = z.string({ error: 'expected text' })
/** Centra: null and empty both mean nothing. */
const perhaps = text.nullish().transform((value) => value || undefined)
const orEmpty = text.nullish().transform((value) => value ?? '')

/** Centra: documented as a boolean, sent as 1 or 0. */
const active = z
  .literal([1, '1', true, 'true', 0, '0', false, 'false'], 'expected true or false')
  .transform((given) => ['1', 'true'].includes(String(given)))

/** The fields that the app uses: a row is malformed if one of them is. */
const stockRow = z.looseObject(
  {
    stockItemId: whole,
    sku: text,
    variantSku: orEmpty,
    sizeSku: orEmpty,
    ean: perhaps,
    active,
    /** Can be negative. */
    availableStock: whole,
  },
  { error: 'expected an object' }
)

/** Centra: a number, or a text such as 22.00. */
const decimal = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d*(\.\d+)?$/)
    .transform(Number),
])

/** Other documented fields. The app does not use them, so another type does no harm. */
const UNUSED = {
  /** `allocatedStock + availableStock`. */
  physicalStock: whole,
  allocatedStock: whole,
  productId: whole,
  variantId: whole,
  weight: decimal,
  upc: text,
  product: text,
  variant: text,
  size: text,
  brand: text,
  collection: text,
  /** kg or lb. */
  weightUnit: text,
  /** ISO 3166, two letters. */
  countryOfOrigin: text,
  harmCode: text,
  harmDescription: text,
}

/**
 * A row of Centra's stock: one size of a variant of a product. Unused fields are kept, with their documented type if
 * they have it.
 */
export type StockRow = z.infer<typeof stockRow> & Partial<Record<keyof typeof UNUSED, unknown>>

/** A malformed row; the others of its page are read. */
export interface UnreadableRow {
  stockItemId?: number | undefined
  /** Which row and field it is, and what was expected: "products[3].availableStock: expected a whole number". */
  problem: string
}

export const isUnreadable = (row: object): row is UnreadableRow => 'problem' in row

/** @param unexpected takes the names of unused fields that are of another type than documented */
export function readRow(
  value: unknown,
  index: number,
  unexpected: Set<string>
): StockRow | UnreadableRow {
  const parsed = stockRow.safeParse(value)
  if (parsed.success) {
    // An undocumented field of this name would make the row look malformed.
    const { problem: _, ...row } = parsed.data
    return { ...row, ...unusedOf(row, unexpected) } as StockRow
  }
  const [issue] = parsed.error.issues
  const where = [`products[${index}]`, ...(issue?.path ?? [])].join('.')
  const id = stockRow.shape.stockItemId.safeParse(
    (value as { stockItemId?: unknown } | null)?.stockItemId
  )
  return { stockItemId: id.data, problem: `${where}: ${issue?.message ?? 'unreadable'}` }
}

function unusedOf(row: Record<string, unknown>, unexpected: Set<string>) {
  const read: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(UNUSED)) {
    const given = row[name]
    if (given === undefined) continue
    const isNothing = given === null || given === ''
    const { success, data } = schema.safeParse(given)
    if (!isNothing && !success) unexpected.add(name)
    read[name] = isNothing ? undefined : success ? data : given
  }
  return read
}

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  // Numbered characters are among them.
  htmlEntities: true,
  // Entities of one character only: no response grows while it is parsed. Their number is unlimited, since a limit
  // would also count the &quot; and &lt; of an ordinary page.
  processEntities: { maxEntitySize: 1, maxTotalExpansions: Number.POSITIVE_INFINITY },
})

type Elements = Record<string, unknown>

const isElements = (value: unknown): value is Elements =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * An XML response in the shape of the JSON one; undefined if it is invalid or incomplete. Centra does not document its
 * XML, so the names of the root and of the row elements do not matter.
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
    // Validated: incomplete XML would otherwise pass as a page with fewer rows.
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
