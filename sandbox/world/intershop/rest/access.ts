/** The ICM's host; a policy of a real app would name it. */
export const ICM_HOST = 'sandbox.intershop.de'
export const ICM_SITE = 'sandbox-Site'
/** Its API: what comes before `/batchprocesses` and `/inventories`. */
export const ICM_BASE = `/INTERSHOP/rest/WFS/${ICM_SITE}/-`

/** The account and what imports name (obviously fake). */
export const ICM_USER = 'sandbox-client'
export const ICM_PASSWORD = 'sandbox-client-secret'
export const ICM_ORGANIZATION = 'sandbox-organization'
export const ICM_UNIT = 'sandbox-unit'
export const ICM_DOMAIN = 'sandbox-domain'
export const ICM_LOCALE = 'en_US'
