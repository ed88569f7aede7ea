import { z } from 'zod'

const WHOLE = 'expected a whole number'
const whole = z.number({ error: WHOLE }).int(WHOLE)
const text = z.string({ error: 'expected text' })
/** Centra: null and empty both stand for nothing. */
const perhaps = text.nullish().transform((value) => value || undefined)

const DECIMAL = 'expected a number'
/** Centra: a number, or a text such as 22.00. */
const decimal = z
  .union([z.number(), z.string().regex(/^\d*(\.\d+)?$/, DECIMAL)], { error: DECIMAL })
  .nullish()
  .transform((value) =>
    value === null || value === undefined || value === '' ? undefined : Number(value)
  )

/** Centra: documented as a boolean, sent as 1 or 0. */
const ACTIVE = new Map<unknown, boolean>([
  ...[1, '1', true, 'true'].map((given): [unknown, boolean] => [given, true]),
  ...[0, '0', false, 'false'].map((given): [unknown, boolean] => [given, false]),
])
const active = z.unknown().transform((given, context) => {
  const known = ACTIVE.get(given)
  if (known === undefined) context.addIssue('expected true or false')
  return known === true
})

const stockRow = z.looseObject(
  {
    stockItemId: whole,
    sku: text,
    variantSku: text,
    sizeSku: perhaps.transform((value) => value ?? ''),
    ean: perhaps,
    upc: perhaps,
    active,
    /** Can be negative. */
    availableStock: whole,
    allocatedStock: whole.optional(),
    /** `allocatedStock + availableStock`. */
    physicalStock: whole.optional(),
    productId: whole.optional(),
    variantId: whole.optional(),
    product: perhaps,
    variant: perhaps,
    size: perhaps,
    brand: perhaps,
    collection: perhaps,
    weight: decimal,
    /** kg or lb. */
    weightUnit: perhaps,
    /** ISO 3166, two letters. */
    countryOfOrigin: perhaps,
    harmCode: perhaps,
    harmDescription: perhaps,
  },
  { error: 'expected an object' }
)

/** A row of Centra's stock: one size of a variant of a product. Fields that nobody documented stay in it. */
export type StockRow = z.infer<typeof stockRow>

/** A row that cannot be understood; the others of its page can. */
export interface UnreadableRow {
  stockItemId?: number | undefined
  /** Which row and field it is, and what was expected: "products[3].availableStock: expected a whole number". */
  problem: string
}

export const isUnreadable = (row: object): row is UnreadableRow => 'problem' in row

/** @param index of the row in its page, from 0 */
export function readRow(value: unknown, index: number): StockRow | UnreadableRow {
  const parsed = stockRow.safeParse(value)
  if (parsed.success) {
    // A field of this name is nobody's, and would make the row another kind.
    const { problem: _, ...row } = parsed.data
    return row as StockRow
  }
  const [issue] = parsed.error.issues
  const where = [`products[${index}]`, ...(issue?.path ?? [])].join('.')
  const id = stockRow.shape.stockItemId.safeParse(
    (value as { stockItemId?: unknown } | null)?.stockItemId
  )
  return { stockItemId: id.data, problem: `${where}: ${issue?.message ?? 'unreadable'}` }
}
