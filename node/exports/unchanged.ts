import type { MappedOffer } from '../offers/stockOffer'
import type { Entry } from '../published/entry'
import { type Settings, settingsHashOf } from '../settings/settings'
import type { Dependencies } from './engine'

/** Identifies settings and workspace: entries of others do not show what these sent. */
export const publishedUnder = (
  settings: Settings,
  { workspace }: Pick<Dependencies, 'workspace'>
) => `${settingsHashOf(settings)}@${workspace}`

/** Whether Intershop certainly has this entry, sent with the current settings and workspace. */
export const isVerified = (entry: Entry, under: string): boolean =>
  entry.isCertain && entry.publishedUnder === under

/** Whether the offer was certainly sent under its current offer SKU, and no other offer was found to have it. */
export const isOwnName = (entries: readonly Entry[], offer: MappedOffer, under: string): boolean =>
  lastSentAs(entries, offer, under) !== undefined

/** Whether Intershop already has this offer with this quantity. */
export function isUpToDate(entries: readonly Entry[], offer: MappedOffer, under: string): boolean {
  const entry = lastSentAs(entries, offer, under)
  return (
    entry !== undefined &&
    entry.quantity === offer.quantity &&
    entry.heldAt === undefined &&
    entry.dismissedAt === undefined
  )
}

const lastSentAs = (
  entries: readonly Entry[],
  { sellerId, offerSku }: MappedOffer,
  under: string
): Entry | undefined =>
  entries.find(
    (entry) =>
      entry.sellerId === sellerId && entry.offerSku === offerSku && isVerified(entry, under)
  )
