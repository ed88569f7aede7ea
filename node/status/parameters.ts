import { z } from 'zod'
import { ROUTES, STATUSES, TRIGGERS } from '../exports/exportAnswers'
import { isSellerId, SELLER_ID } from '../offers/offerSku'

// Parameters of the routes that show something. docs/openapi.yaml is generated from these schemas.

export const integer = (least: number, most: number) => {
  const expected = `expected a whole number from ${least} to ${most}`
  return z.codec(
    z.string(expected).regex(/^(0|[1-9]\d{0,15})$/, expected),
    z.int(expected).min(least, expected).max(most, expected),
    { decode: Number, encode: String }
  )
}

export const flag = z.codec(
  z.enum(['true', 'false'], 'expected true or false, once'),
  z.boolean(),
  {
    decode: (text) => text === 'true',
    encode: (is) => (is ? 'true' : 'false'),
  }
)

export const exportId = z
  .string()
  .regex(/^\d{8}T\d{9}-[0-9a-f]{12}$/, 'expected the value of an x-export-id header')

export const sellerId = z
  .string(`expected ${SELLER_ID}`)
  .refine(isSellerId, `expected ${SELLER_ID}`)

export const skuId = integer(0, Number.MAX_SAFE_INTEGER)

export const statusQuery = z.object({
  strict: flag.optional().describe('true: 503 unless the state is ok'),
})

export const skuQuery = z.object({
  live: flag.optional().describe('true: also what VTEX and Centra say now'),
})

export const heldQuery = z.object({
  sellerId: sellerId.optional(),
  before: skuId.optional().describe('SKU ids below this one: `next` of the page before'),
  limit: integer(1, 500).optional().describe('Default 100'),
})

export const exportsQuery = z.object({
  status: z.enum(STATUSES).optional(),
  route: z.enum(ROUTES).optional(),
  trigger: z.enum(TRIGGERS).optional(),
  before: exportId.optional().describe('Accepted before this one: `next` of the page before'),
  limit: integer(1, 50).optional().describe('Default 50'),
})

export const itemsQuery = z.object({
  format: z.enum(['json', 'csv']).optional().describe('Default json'),
  after: integer(0, Number.MAX_SAFE_INTEGER).optional().describe('`next` of the page before'),
  limit: integer(1, 1_000).optional().describe('Default 1000'),
})
