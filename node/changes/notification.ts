import { z } from 'zod'
import { lowercaseKeys } from '../common/lowercaseKeys'
import type { ReportedChange } from './changeBuffer'

const flag = z.boolean().optional().catch(undefined)

/** VTEX ids are integers up to 2^53-1. An id with a leading zero is another SKU's: it is none of ours. */
const skuId = z
  .union([z.string().regex(/^[1-9]\d{0,15}$/), z.number().int().positive()])
  .transform(Number)
  .refine(Number.isSafeInteger)

const notification = z.object({
  idsku: skuId,
  an: z.string().optional().catch(undefined),
  isactive: flag,
  stockmodified: flag,
  pricemodified: flag,
  hasstockkeepingunitmodified: flag,
  hasstockkeepingunitremovedfromaffiliate: flag,
})

type Notification = z.infer<typeof notification>

/** What a notification comes to: a change, or why it is none. */
export type ParsedNotification =
  | { reported: ReportedChange; account: string | undefined }
  | { ignored: 'noSku' | 'priceOnly' }

/**
 * Reads a notification as VTEX's broadcaster or an affiliate's gets it. VTEX: `IdSku`, `An` and flags, in
 * PascalCase or camelCase; bodies can be partial, and one without flags says that anything may have changed.
 * It carries no quantity.
 */
export function readNotification(body: unknown): ParsedNotification {
  const { data } = notification.safeParse(lowercaseKeys(body))
  if (!data) return { ignored: 'noSku' }
  if (isPriceOnly(data)) return { ignored: 'priceOnly' }
  return { reported: { skuId: data.idsku, modified: isModified(data) }, account: data.an }
}

const isPriceOnly = (told: Notification) =>
  told.pricemodified === true &&
  told.stockmodified === false &&
  told.hasstockkeepingunitmodified === false &&
  told.hasstockkeepingunitremovedfromaffiliate !== true &&
  told.isactive !== false

/** Unless it says that nothing but the stock changed. */
const isModified = (told: Notification) =>
  told.stockmodified !== true ||
  told.hasstockkeepingunitmodified === true ||
  told.hasstockkeepingunitremovedfromaffiliate === true ||
  told.isactive === false
