import { z } from 'zod'
import type { TruthSettings } from './truth'

const unset = (value: unknown) => (value === '' || value === null ? undefined : value)
const units = (fallback: number) => z.preprocess(unset, z.coerce.number().default(fallback))

// An app's form saves a cleared field as an empty string and an untouched one not at all.
const form = z.object({
  skuIdentifier: z.preprocess(unset, z.enum(['refId', 'skuId', 'ean']).default('refId')),
  offerSku: z.preprocess(unset, z.string().optional()),
  safetyStock: units(0),
  unlimitedQuantity: units(9999),
  excludedWarehouses: z.preprocess(unset, z.string().default('')),
  centraSellerId: z.preprocess(unset, z.string().optional()),
})

/** The app's saved settings as the truth needs them, with the documented defaults. */
export function truthSettings(saved: unknown): TruthSettings {
  const { excludedWarehouses, ...settings } = form.parse(saved)
  const ids = excludedWarehouses.split(',').map((id) => id.trim())
  return { ...settings, excludedWarehouses: ids.filter((id) => id !== '') }
}
