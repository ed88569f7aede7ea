import { CENTRA_HOST, CENTRA_PATH } from './api/listener'
import type { Company } from './company'

/** The app's setting `centraUrl`: what comes before `/stock`. */
export const CENTRA_URL = `https://${CENTRA_HOST}${CENTRA_PATH.replace(/\/stock$/, '')}`
/** What opens the company's API. */
export const CENTRA_TOKEN = 'sandbox-centra-token'
/** The seller of VTEX's register whose stock is the company's. */
export const CENTRA_SELLER = 'nordicshop'

/** The app settings under which it reads this company's Centra. */
export function centraSettings({ behaviour }: Company) {
  return {
    centraUrl: CENTRA_URL,
    centraToken: CENTRA_TOKEN,
    centraAuth: behaviour.auth === 'bearer' ? 'bearer' : 'api-authorization',
    centraSellerId: CENTRA_SELLER,
    centraTimeZone: behaviour.timeZone,
  }
}
