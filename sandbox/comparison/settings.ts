import { z } from 'zod'

const unset = (value: unknown) => (value === '' || value === null ? undefined : value)
const units = (fallback: number) => z.preprocess(unset, z.coerce.number().default(fallback))

// An app's form saves a cleared field as an empty string and an untouched one not at all.
const form = z.object({
  skuIdentifier: z.preprocess(unset, z.enum(['refId', 'skuId', 'ean']).default('refId')),
  offerSku: z.preprocess(unset, z.string().optional()),
  sellers: z.preprocess(unset, z.string().default('')),
  salesChannel: z.preprocess(unset, z.coerce.number().optional()),
  safetyStock: units(0),
  unlimitedQuantity: units(9999),
  excludedWarehouses: z.preprocess(unset, z.string().default('')),
  centraSellerId: z.preprocess(unset, z.string().optional()),
})

/** The app's saved settings as the truth needs them, with the documented defaults. */
export function comparisonSettings(saved: unknown): ComparisonSettings {
  const { excludedWarehouses, sellers, ...settings } = form.parse(saved)
  return { ...settings, excludedWarehouses: words(excludedWarehouses), sellers: words(sellers) }
}

const words = (text: string) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

/** The app's settings that decide which quantity belongs to which offer. */
export interface ComparisonSettings {
  skuIdentifier: 'refId' | 'skuId' | 'ean'
  /** Template of offer SKUs, with `{sku}` and `{sellerId}`; absent: `{sku}`, and other sellers' with `_{sellerId}`. */
  offerSku?: string | undefined
  safetyStock: number
  unlimitedQuantity: number
  excludedWarehouses: string[]
  /** The sellers whose offers are exported; absent or empty: all. */
  sellers?: string[] | undefined
  /** The sales channel whose quantities count for other sellers' offers; absent: the best of all. */
  salesChannel?: number | undefined
  /** The seller whose stock is Centra's; absent where no Centra is read. */
  centraSellerId?: string | undefined
}
