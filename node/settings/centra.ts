import { IANAZone } from 'luxon'
import { CENTRA_AUTHS, type CentraAccess } from '../clients/centraParameters'
import { isSellerId, SELLER_ID } from '../offers/offerSku'
import { oneOf, pattern, text } from './fields'
import { serviceUrl } from './serviceUrl'

/** What the `outbound-access` policy of manifest.json covers. VTEX's egress lets the app reach nothing else. */
const REACHABLE = /^https:\/\/([a-z0-9-]+\.)+centra\.com\/api(\/[\w.~-]+)+$/

/** The settings of stock that is kept in Centra. */
export const centraForm = {
  centraUrl: serviceUrl(true).refine(
    (url) => url === '' || REACHABLE.test(url),
    'expected https://{client}.centra.com/api/{plugin}; VTEX lets this app reach no other address of Centra'
  ),
  centraToken: pattern(
    /^[\x21-\x7e]+$/,
    'letters, digits and signs that an HTTP header can carry, without blanks',
    ''
  ),
  centraAuth: oneOf(CENTRA_AUTHS, 'api-authorization'),
  centraSellerId: text().refine((id) => id === '' || isSellerId(id), `expected ${SELLER_ID}`),
  // An offset such as +02:00 would be wrong for half of the year, where Intl takes one at all.
  centraTimeZone: text().refine(
    (name) => name === '' || (/^[A-Za-z]/.test(name) && IANAZone.isValidZone(name)),
    'expected a time zone of the IANA database, such as Europe/Stockholm'
  ),
}

interface CentraSettings {
  centraUrl: string
  centraToken: string
  centraAuth: CentraAccess['auth']
  centraSellerId: string
  centraTimeZone: string
}

/** What else is needed where `centraSellerId` says that a seller's stock is in Centra. */
export function missingForCentra(settings: CentraSettings): string[] {
  if (!settings.centraSellerId) return []
  const needed = 'since centraSellerId is set'
  return [
    ...(settings.centraUrl
      ? []
      : [`centraUrl: expected https://{client}.centra.com/api/{plugin}, ${needed}`]),
    ...(settings.centraToken
      ? []
      : [`centraToken: expected the token of Centra's plugin, ${needed}`]),
    // None is assumed: a wrong one misses changes for hours, and nobody would notice.
    ...(settings.centraTimeZone
      ? []
      : [`centraTimeZone: expected the time zone of the company in Centra, ${needed}`]),
  ]
}

/** The seller that `centraSellerId` names, also while other settings are wrong; undefined where it names none. */
export function centraSellerIn(saved: unknown): string | undefined {
  const { centraSellerId } = (saved ?? {}) as { centraSellerId?: unknown }
  return centraForm.centraSellerId.safeParse(centraSellerId).data || undefined
}

/** The seller whose offers come from Centra, and how to reach it; undefined where none do. */
export function centraOf(
  settings: CentraSettings
): { sellerId: string; access: CentraAccess; timeZone: string } | undefined {
  const { centraSellerId, centraUrl, centraToken, centraAuth, centraTimeZone } = settings
  if (!centraSellerId) return undefined
  return {
    sellerId: centraSellerId,
    access: { url: centraUrl, token: centraToken, auth: centraAuth },
    timeZone: centraTimeZone,
  }
}
