import { z } from 'zod'

const unset = (value: unknown) => (value === '' || value === null ? undefined : value)
const units = (fallback: number) => z.preprocess(unset, z.coerce.number().default(fallback))

// The form saves a cleared field as an empty string, and does not save an untouched one.
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

/** Parses the app's saved settings, with the documented defaults. */
export function comparisonSettings(saved: unknown): ComparisonSettings {
  const { excludedWarehouses, sellers, ...settings } = form.parse(saved)
  return { ...settings, excludedWarehouses: words(excludedWarehouses), sellers: words(sellers) }
}

const words = (text: string) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

/** The app's settings that affect expected offers. */
export interface ComparisonSettings {
  skuIdentifier: 'refId' | 'skuId' | 'ean'
  /** Template with `{sku}` and `{sellerId}`; default `{sku}`, and `{sku}_{sellerId}` for other sellers. */
  offerSku?: string | undefined
  safetyStock: number
  unlimitedQuantity: number
  excludedWarehouses: string[]
  /** Exported sellers; absent or empty: all. */
  sellers?: string[] | undefined
  /** Sales channel of other sellers' quantities; absent: the highest quantity of all. */
  salesChannel?: number | undefined
  /** The seller whose stock is in Centra; absent without Centra. */
  centraSellerId?: string | undefined
}
