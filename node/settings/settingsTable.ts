import { IANAZone } from 'luxon'
import { z } from 'zod'

import { isSellerId, isShort, MOST_CHARACTERS, SELLER_ID } from '../offers/offerSku'
import {
  address,
  clearable,
  integer,
  isDeclared,
  isHostName,
  list,
  oneOf,
  onOff,
  optionalInteger,
  pattern,
  secret,
  text,
  textThat,
} from './formFields'
import { OUTBOUND } from './outbound'

/** A longer header is refused without being compared. */
export const MAX_TOKEN_CHARACTERS = 1_024

/**
 * A value of the header `token`. Other characters arrive as whatever bytes a client sends, if it sends them at
 * all: most send UTF-8, which HTTP reads as Latin-1.
 */
const token = () =>
  pattern(
    new RegExp(`^[\\x20-\\x7e]{0,${MAX_TOKEN_CHARACTERS}}$`),
    `at most ${MAX_TOKEN_CHARACTERS.toLocaleString('en')} ASCII characters (letters, digits, signs, ` +
      'blanks inside), since no other travels in a header. It authorizes nobody'
  )

const OWN_ATTRIBUTES = ['StockSellerId', 'StockObservedAt']

const withoutFields = (template: string) => template.replace(/\{(sku|sellerId)\}/g, '')

/** What the `outbound-access` policy of manifest.json covers. VTEX's egress lets the app reach nothing else. */
const CENTRA_ADDRESS = /^https:\/\/([a-z0-9-]+\.)+centra\.com\/api(\/[\w.~-]+)+$/

/** `https://{host}`, with or without where the REST API is. */
const ICM_ADDRESS = /^https:\/\/([a-z0-9-]+\.)+[a-z0-9-]+(\/INTERSHOP\/rest\/(WFS|BOS))?$/
export const ICM_URL =
  'https://{host} of ICM, with /INTERSHOP/rest/WFS or /INTERSHOP/rest/BOS after it if needed'

/** Whether a policy of the manifest lets the app call ICM's REST API there. */
const isIcmReachable = (url: string) =>
  isDeclared(new URL('/INTERSHOP/rest/WFS', new URL(url).origin))

/** Without user and password: they would travel in the address. */
const isWebhook = (address: string) => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && url.port === ''
}

const UNDECLARED_WEBHOOK =
  `VTEX lets this app reach only ${OUTBOUND.map(({ host }) => host).join(', ')}. For another host, add an ` +
  'outbound-access policy with host and path to manifest.json, run npm run settings, and release your own version of ' +
  'the app'

/** Settings that change neither what an offer says nor who receives it. All others count in the settings hash. */
export const changesNoOffer = z.registry()

const IOM_ID = /^[A-Za-z0-9-]{1,64}$/
export const SUPPLIERS =
  'seller=supplier for each seller, separated by commas, such as 1=20010,2=20020'

/** Ids of suppliers in IOM, by seller. */
function suppliersOf(pairs: string[], context: z.RefinementCtx): ReadonlyMap<string, string> {
  const suppliers = new Map<string, string>()
  for (const pair of pairs) {
    const [sellerId = '', supplierId = '', ...more] = pair.split('=').map((id) => id.trim())
    const isRight = isSellerId(sellerId) && IOM_ID.test(supplierId) && more.length === 0
    if (!isRight || suppliers.has(sellerId)) {
      context.addIssue(`expected ${SUPPLIERS}`)
      return z.NEVER
    }
    suppliers.set(sellerId, supplierId)
  }
  return suppliers
}

/**
 * Every setting, in the order of the form. To add one, add it here and its `title`, `description` and, for a secret,
 * `format` to settingsSchema in manifest.json; run `npm run settings`, which adds type and default and writes messages/;
 * then add what `npx jest tests/package` misses: translations and the docs. Rules for several settings are in settings.ts.
 */
export const settingsTable = z.object({
  token: token().register(changesNoOffer),
  previousToken: token().register(changesNoOffer),
  skuIdentifier: oneOf(['refId', 'skuId', 'ean'], 'refId'),
  offerSku: text()
    .refine(
      (template) =>
        template === '' || (template.includes('{sku}') && !/[{}]/.test(withoutFields(template))),
      'expected a template with {sku}, and {sellerId} if wanted, such as {sku}_{sellerId}'
    )
    .refine(
      (template) => isShort(withoutFields(template)),
      `expected at most ${MOST_CHARACTERS} characters`
    ),
  sellers: list().refine(
    (ids) => ids.every(isSellerId),
    `expected ids of sellers separated by commas, each ${SELLER_ID}`
  ),
  salesChannel: optionalInteger(1, 2_147_483_647),
  sellersRefreshMinutes: integer(0, 10_080, 240).register(changesNoOffer),
  safetyStock: integer(0, 1_000_000, 0),
  unlimitedQuantity: integer(0, 2_147_483_647, 9999),
  excludedWarehouses: list(),
  quantityAttribute: text('StockQuantity')
    .refine(isShort, `expected at most ${MOST_CHARACTERS} characters`)
    .refine(
      (name) => !OWN_ATTRIBUTES.includes(name),
      `expected another name than ${OWN_ATTRIBUTES.join(' and ')}, which every offer carries already`
    ),
  delivery: oneOf(['icm-sftp', 'iom-sftp', 'icm-rest'], 'icm-sftp'),
  icmUrl: address(ICM_ADDRESS, ICM_URL).refine(
    (url) => url === '' || isIcmReachable(url),
    "VTEX does not let the app reach this host: add the host to manifest.json's policies and release your own " +
      'version (docs/icm-rest.md)'
  ),
  icmSite: pattern(
    /^[\w.-]+(\/[\w.-]+)?$/,
    'the site in ICM, or {site}/{app}, of letters, digits, _, - and .'
  ),
  icmOrganization: text().register(changesNoOffer),
  icmUser: text()
    .refine((user) => !user.includes(':'), 'expected a user name without a colon')
    .register(changesNoOffer),
  icmPassword: secret().register(changesNoOffer),
  icmUnit: text(),
  icmDomain: text(),
  icmLocale: pattern(/^[A-Za-z]{2}_[A-Za-z]{2}$/, 'a locale such as en_US', 'en_US'),
  icmParameterStyle: oneOf(['flat', 'attributes'], 'flat').register(changesNoOffer),
  iomShopId: pattern(IOM_ID, 'the id of a shop in IOM, such as 10000'),
  iomSuppliers: list().transform(suppliersOf),
  sftpHost: textThat(
    isHostName,
    'a host name or an IP address, such as sftp.example.com, without scheme, user, port or path'
  ),
  sftpPort: integer(1, 65535, 22),
  sftpUser: text().register(changesNoOffer),
  sftpPassword: secret().register(changesNoOffer),
  sftpPrivateKey: secret().register(changesNoOffer),
  sftpPassphrase: secret().register(changesNoOffer),
  sftpHostKey: pattern(
    /^(SHA256:)?[A-Za-z0-9+/]{43}=?$/,
    'the SHA256 fingerprint of the host key, as ssh-keygen -l prints it (SHA256:...)'
  ).register(changesNoOffer),
  sftpLegacyAlgorithms: onOff().register(changesNoOffer),
  sftpDirectory: text('.'),
  // It changes the order in which Intershop imports: names sort by their prefix first.
  sftpFilePrefix: pattern(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'letters, digits, _ and -, 64 at most',
    'stock'
  ),
  centraUrl: address(
    CENTRA_ADDRESS,
    'https://{client}.centra.com/api/{plugin}; VTEX lets this app reach no other address of Centra'
  ),
  centraToken: pattern(
    /^[\x21-\x7e]+$/,
    'letters, digits and signs that an HTTP header can carry, without blanks'
  ).register(changesNoOffer),
  centraAuth: oneOf(['api-authorization', 'bearer'], 'api-authorization').register(changesNoOffer),
  centraSellerId: textThat(isSellerId, SELLER_ID),
  // An offset such as +02:00 would be wrong for half of the year, where Intl takes one at all.
  centraTimeZone: textThat(
    (name) => /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name),
    'a time zone of the IANA database, such as Europe/Stockholm'
  ),
  maxConcurrency: integer(1, 200, 25).register(changesNoOffer),
  maxRequestsPerMinute: integer(0, 600_000, 0).register(changesNoOffer),
  maxNewlyZeroPercent: integer(0, 100, 30).register(changesNoOffer),
  updateSchedule: clearable('*/5 * * * *').register(changesNoOffer),
  fullSchedule: clearable('0 3 * * *').register(changesNoOffer),
  deliverFromWorkspace: text().register(changesNoOffer),
  adminEmail: pattern(
    /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/,
    'one e-mail address, such as ops@example.com'
  ).register(changesNoOffer),
  alertWebhook: textThat(isWebhook, 'an address that begins with https://')
    .refine((url) => url === '' || isDeclared(new URL(url)), UNDECLARED_WEBHOOK)
    .register(changesNoOffer),
  affiliateNotifications: onOff().register(changesNoOffer),
})
