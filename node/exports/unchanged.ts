import type { MappedOffer } from '../offers/stockOffer'
import type { Entry } from '../published/entry'
import { type Settings, settingsHashOf } from '../settings/settings'
import type { Dependencies } from './engine'

/** What is sent with other settings, or in another workspace, says nothing of what this one sent. */
export const publishedUnder = (
  settings: Settings,
  { workspace }: Pick<Dependencies, 'workspace'>
) => `${settingsHashOf(settings)}@${workspace}`

/** Whether Intershop surely has what was sent last, with the settings and in the workspace in force. */
export const isVerified = (entry: Entry, under: string): boolean =>
  entry.isCertain && entry.publishedUnder === under

/** Whether Intershop surely was sent an offer by the name that it has, and nobody found another one by that name. */
export const isOwnName = (entries: readonly Entry[], offer: MappedOffer, under: string): boolean =>
  lastSentAs(entries, offer, under) !== undefined

/** Whether Intershop has just this offer already. */
export function isUpToDate(entries: readonly Entry[], offer: MappedOffer, under: string): boolean {
  const entry = lastSentAs(entries, offer, under)
  return entry !== undefined && entry.quantity === offer.quantity && entry.heldAt === undefined
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
