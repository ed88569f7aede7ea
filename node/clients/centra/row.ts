import { z } from 'zod'

const WHOLE = 'expected a whole number'
/** Centra: a number. A text that says one is as good. */
const whole = z.preprocess(
  (given) => (typeof given === 'string' && /^\s*[+-]?\d+\s*$/.test(given) ? Number(given) : given),
  z.number({ error: WHOLE }).int(WHOLE)
)
const text = z.string({ error: 'expected text' })
/** Centra: null and empty both stand for nothing. */
const perhaps = text.nullish().transform((value) => value || undefined)
const orEmpty = text.nullish().transform((value) => value ?? '')

/** Centra: documented as a boolean, sent as 1 or 0. */
const ACTIVE = new Map<unknown, boolean>([
  ...[1, '1', true, 'true'].map((given): [unknown, boolean] => [given, true]),
  ...[0, '0', false, 'false'].map((given): [unknown, boolean] => [given, false]),
])
const active = z.preprocess(
  (given) => ACTIVE.get(given),
  z.boolean({ error: 'expected true or false' })
)

/** What the app goes by: a row in which one of these is not as expected cannot be understood. */
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

/** What else Centra documents. Nothing depends on it, so nothing is lost where it is of another type. */
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
 * A row of Centra's stock: one size of a variant of a product. Fields that the app does not use stay in it: as
 * documented where they are so, else as they came.
 */
export type StockRow = z.infer<typeof stockRow> & Partial<Record<keyof typeof UNUSED, unknown>>

/** A row that cannot be understood; the others of its page can. */
export interface UnreadableRow {
  stockItemId?: number | undefined
  /** Which row and field it is, and what was expected: "products[3].availableStock: expected a whole number". */
  problem: string
}

export const isUnreadable = (row: object): row is UnreadableRow => 'problem' in row

/**
 * @param index of the row in its page, from 0
 * @param unexpected takes the names of unused fields that are of another type than documented
 */
export function readRow(
  value: unknown,
  index: number,
  unexpected: Set<string>
): StockRow | UnreadableRow {
  const parsed = stockRow.safeParse(value)
  if (parsed.success) {
    // A field of this name is nobody's, and would make the row another kind.
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
