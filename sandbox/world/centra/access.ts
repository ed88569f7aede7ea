import { CENTRA_HOST, CENTRA_PATH } from './api/listener'

/** The API's address: what comes before `/stock`. */
export const CENTRA_URL = `https://${CENTRA_HOST}${CENTRA_PATH.replace(/\/stock$/, '')}`
/** The token of the company's API. */
export const CENTRA_TOKEN = 'sandbox-centra-token'
/** The id of the VTEX seller whose stock the company keeps. */
export const CENTRA_SELLER = 'nordicshop'
