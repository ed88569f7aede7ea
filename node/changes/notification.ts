import { z } from 'zod'
import { lowercaseKeys } from '../common/lowercaseKeys'
import type { ReportedChange } from './changeBuffer'

const flag = z.boolean().optional().catch(undefined)

/** VTEX ids are integers up to 2^53-1. An id with a leading zero is none. */
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

/** The change that a notification reports, or why it is ignored. */
export type ParsedNotification =
  | { reported: ReportedChange; account: string | undefined }
  | { ignored: 'noSku' | 'priceOnly' }

/**
 * Parses the body that VTEX's broadcaster or an affiliate receives: `IdSku`, `An` (account) and
 * flags, in PascalCase or camelCase. Bodies can be partial; without flags anything may have
 * changed. VTEX sends no quantity.
 */
export function readNotification(body: unknown): ParsedNotification {
  const { data } = notification.safeParse(lowercaseKeys(body))
  if (!data) return { ignored: 'noSku' }
  if (isPriceOnly(data)) return { ignored: 'priceOnly' }
  return { reported: { skuId: data.idsku, modified: isModified(data) }, account: data.an }
}

const isPriceOnly = (flags: z.infer<typeof notification>) =>
  flags.pricemodified === true &&
  flags.stockmodified === false &&
  flags.hasstockkeepingunitmodified === false &&
  flags.hasstockkeepingunitremovedfromaffiliate !== true &&
  flags.isactive !== false

/** False only if the flags say that nothing but the stock changed. */
const isModified = (flags: z.infer<typeof notification>) =>
  flags.stockmodified !== true ||
  flags.hasstockkeepingunitmodified === true ||
  flags.hasstockkeepingunitremovedfromaffiliate === true ||
  flags.isactive === false
