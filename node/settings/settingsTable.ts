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

/** What the form in the VTEX Admin says of a setting, in English. Its type and default follow from the schema. */
interface Texts {
  title: string
  description: string
  /** The form hides what is typed. */
  format?: 'password'
}

/** Settings that change what an offer says or who receives it: they count in the settings hash. */
export const changesOffers = z.registry<Texts>()
/** All other settings: who may call, how fast, when and with which credentials. */
export const changesNoOffer = z.registry<Texts>()

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
 * Every setting, in the order of the form. To add one, add it here, run `npm run settings`, which writes
 * manifest.json and messages/, and add what `npx jest tests/package node/settings` then misses: translations, the
 * docs, the default. Rules that concern several settings are in settings.ts; there a name that begins with `centra`, `icm`
 * or `iom` means that only this source or delivery has it.
 */
export const settingsTable = z.object({
  token: token().register(changesNoOffer, {
    title: 'Token',
    description:
      'Clients send this value in the header `token`. While it is empty, every request is rejected (401).',
    format: 'password',
  }),
  previousToken: token().register(changesNoOffer, {
    title: 'Previous token',
    description: 'Also accepted while clients switch to the new token. Clear it afterwards.',
    format: 'password',
  }),
  skuIdentifier: oneOf(['refId', 'skuId', 'ean'], 'refId').register(changesOffers, {
    title: 'SKU identifier',
    description:
      'VTEX field that is used as the SKU in Intershop. A SKU without it is not sent, and reported as unmapped.',
  }),
  offerSku: text()
    .refine(
      (template) =>
        template === '' || (template.includes('{sku}') && !/[{}]/.test(withoutFields(template))),
      'expected a template with {sku}, and {sellerId} if wanted, such as {sku}_{sellerId}'
    )
    .refine(
      (template) => isShort(withoutFields(template)),
      `expected at most ${MOST_CHARACTERS} characters`
    )
    .register(changesOffers, {
      title: 'Offer SKU',
      description:
        "Template of an offer's SKU in Intershop, with {sku} and {sellerId}. Empty: {sku} for the account's own " +
        'offers, {sku}_{sellerId} for those of other sellers.',
    }),
  sellers: list()
    .refine(
      (ids) => ids.every(isSellerId),
      `expected ids of sellers separated by commas, each ${SELLER_ID}`
    )
    .register(changesOffers, {
      title: 'Sellers',
      description:
        'Ids of the sellers whose offers are exported, separated by commas; 1 is the account itself. Empty: all sellers.',
    }),
  salesChannel: optionalInteger(1, 2_147_483_647).register(changesOffers, {
    title: 'Sales channel (trade policy)',
    description:
      'Id of the sales channel whose quantities count for offers of other sellers. Empty: the one with the most units.',
  }),
  sellersRefreshMinutes: integer(0, 10_080, 240).register(changesNoOffer, {
    title: 'Refresh of other sellers, in minutes',
    description:
      'Updates read all offers of other sellers again within this time, a part each: VTEX reports no change of them. ' +
      '0: full exports only.',
  }),
  safetyStock: integer(0, 1_000_000, 0).register(changesOffers, {
    title: 'Safety stock',
    description: 'Units subtracted from every offer; 0 or more.',
  }),
  unlimitedQuantity: integer(0, 2_147_483_647, 9999).register(changesOffers, {
    title: 'Unlimited quantity',
    description: 'Quantity that is sent for unlimited stock.',
  }),
  excludedWarehouses: list().register(changesOffers, {
    title: 'Excluded warehouses',
    description: 'Ids of warehouses whose stock is not counted, separated by commas.',
  }),
  quantityAttribute: text('StockQuantity')
    .refine(isShort, `expected at most ${MOST_CHARACTERS} characters`)
    .refine(
      (name) => !OWN_ATTRIBUTES.includes(name),
      `expected another name than ${OWN_ATTRIBUTES.join(' and ')}, which every offer carries already`
    )
    .register(changesOffers, {
      title: 'Quantity attribute',
      description: 'Name of the custom attribute that holds the quantity of an offer in Intershop.',
    }),
  delivery: oneOf(['icm-sftp', 'iom-sftp', 'icm-rest'], 'icm-sftp').register(changesOffers, {
    title: 'Delivery',
    description:
      'How offers reach Intershop. icm-sftp: ICM offers as impex XML files on an SFTP server. ' +
      'iom-sftp: IOM stock as CSV files on an SFTP server. ' +
      'icm-rest: ICM offers through the batch REST API (ICM 11 and later).',
  }),
  icmUrl: address(ICM_ADDRESS, ICM_URL)
    .refine(
      (url) => url === '' || isIcmReachable(url),
      "VTEX does not let the app reach this host: add the host to manifest.json's policies and release your own " +
        'version (docs/icm-rest.md)'
    )
    .register(changesOffers, {
      title: 'ICM URL',
      description:
        'For icm-rest: address of Intershop Commerce Management, such as https://shop.intershop.de. A policy in ' +
        "the app's manifest must name its host.",
    }),
  icmSite: pattern(
    /^[\w.-]+(\/[\w.-]+)?$/,
    'the site in ICM, or {site}/{app}, of letters, digits, _, - and .'
  ).register(changesOffers, {
    title: 'ICM site',
    description:
      'For icm-rest: name of the site, or {site}/{app} if it is not the default application.',
  }),
  icmOrganization: text().register(changesNoOffer, {
    title: 'ICM organization',
    description: 'For icm-rest: organization of the user.',
  }),
  icmUser: text()
    .refine((user) => !user.includes(':'), 'expected a user name without a colon')
    .register(changesNoOffer, {
      title: 'ICM user',
      description: 'For icm-rest: user, or client id, that may upload and import products.',
    }),
  icmPassword: secret().register(changesNoOffer, {
    title: 'ICM password',
    description: 'For icm-rest: password of the user, or client secret.',
    format: 'password',
  }),
  icmUnit: text().register(changesOffers, {
    title: 'ICM unit',
    description: 'For icm-rest: unit (repository) into which offers are imported.',
  }),
  icmDomain: text().register(changesOffers, {
    title: 'ICM domain',
    description: 'For icm-rest: target domain of the import.',
  }),
  icmLocale: pattern(/^[A-Za-z]{2}_[A-Za-z]{2}$/, 'a locale such as en_US', 'en_US').register(
    changesOffers,
    {
      title: 'ICM locale',
      description: 'For icm-rest: locale of the import, such as en_US.',
    }
  ),
  icmParameterStyle: oneOf(['flat', 'attributes'], 'flat').register(changesNoOffer, {
    title: 'ICM parameter style',
    description:
      'For icm-rest: how the parameters of an import are written. flat: as a map; attributes: as a list of names ' +
      'and values, if ICM rejects the map.',
  }),
  iomShopId: pattern(IOM_ID, 'the id of a shop in IOM, such as 10000').register(changesOffers, {
    title: 'IOM shop',
    description: 'For iom-sftp: id of the shop in Intershop Order Management.',
  }),
  iomSuppliers: list()
    .transform(suppliersOf)
    .register(changesOffers, {
      title: 'IOM suppliers',
      description:
        'For iom-sftp: id of the IOM supplier of each seller, such as 1=20010,2=20020. Offers of other sellers ' +
        'are reported as unmapped and not sent.',
    }),
  sftpHost: textThat(
    isHostName,
    'a host name or an IP address, such as sftp.example.com, without scheme, user, port or path'
  ).register(changesOffers, {
    title: 'SFTP host',
    description: 'Name or IP address of the SFTP server from which Intershop imports files.',
  }),
  sftpPort: integer(1, 65535, 22).register(changesOffers, {
    title: 'SFTP port',
    description: 'Port of the SFTP server.',
  }),
  sftpUser: text().register(changesNoOffer, {
    title: 'SFTP user',
    description: 'User name on the SFTP server.',
  }),
  sftpPassword: secret().register(changesNoOffer, {
    title: 'SFTP password',
    description: 'Not needed if a private key is set.',
    format: 'password',
  }),
  sftpPrivateKey: secret().register(changesNoOffer, {
    title: 'SFTP private key',
    description: 'In OpenSSH or PEM format; line breaks may be written as \\n.',
    format: 'password',
  }),
  sftpPassphrase: secret().register(changesNoOffer, {
    title: 'SFTP passphrase',
    description: 'Passphrase of the private key, if it has one.',
    format: 'password',
  }),
  sftpHostKey: pattern(
    /^(SHA256:)?[A-Za-z0-9+/]{43}=?$/,
    'the SHA256 fingerprint of the host key, as ssh-keygen -l prints it (SHA256:...)'
  ).register(changesNoOffer, {
    title: 'SFTP host key',
    description:
      "SHA256 fingerprint of the server's host key, as ssh-keygen -l prints it. Empty: the first key seen is " +
      'remembered, and any other is refused.',
  }),
  sftpLegacyAlgorithms: onOff().register(changesNoOffer, {
    title: 'SFTP legacy algorithms',
    description:
      'Also allows the weak algorithms of old servers: ssh-rsa, SHA-1 key exchange and CBC ciphers. Turn it on ' +
      'only if an error marks an algorithm with (old) and the server cannot be updated.',
  }),
  sftpDirectory: text('.').register(changesOffers, {
    title: 'SFTP directory',
    description: 'Directory for the files. It must exist and be writable.',
  }),
  // It changes the order in which Intershop imports: names sort by their prefix first.
  sftpFilePrefix: pattern(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'letters, digits, _ and -, 64 at most',
    'stock'
  ).register(changesOffers, {
    title: 'File prefix',
    description: 'How the file names begin: letters, digits, _ and -.',
  }),
  centraUrl: address(
    CENTRA_ADDRESS,
    'https://{client}.centra.com/api/{plugin}; VTEX lets this app reach no other address of Centra'
  ).register(changesOffers, {
    title: 'Centra URL',
    description:
      'Address of the Order API plugin: https://{client}.centra.com/api/{plugin}. VTEX lets the app reach no ' +
      'other address of Centra.',
  }),
  centraToken: pattern(
    /^[\x21-\x7e]+$/,
    'letters, digits and signs that an HTTP header can carry, without blanks'
  ).register(changesNoOffer, {
    title: 'Centra token',
    description: 'API key of the Order API plugin.',
    format: 'password',
  }),
  centraAuth: oneOf(['api-authorization', 'bearer'], 'api-authorization').register(changesNoOffer, {
    title: 'Centra authentication',
    description:
      'HTTP header for the token. api-authorization: API-Authorization; bearer: Authorization: Bearer, for older ' +
      'installations.',
  }),
  centraSellerId: textThat(isSellerId, SELLER_ID).register(changesOffers, {
    title: 'Centra seller',
    description:
      'Id of the seller whose stock is kept in Centra; 1 is the account itself. Its offers are then read from ' +
      'Centra only. Empty: Centra is not used.',
  }),
  // An offset such as +02:00 would be wrong for half of the year, where Intl takes one at all.
  centraTimeZone: textThat(
    (name) => /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name),
    'a time zone of the IANA database, such as Europe/Stockholm'
  ).register(changesOffers, {
    title: 'Centra time zone',
    description:
      'Time zone of the company in Centra, by its IANA name, such as Europe/Stockholm. With a wrong one, updates ' +
      'miss stock changes.',
  }),
  maxConcurrency: integer(1, 200, 25).register(changesNoOffer, {
    title: 'Concurrency',
    description: 'Maximum number of SKUs that are read from VTEX at the same time; 1 to 200.',
  }),
  maxRequestsPerMinute: integer(0, 600_000, 0).register(changesNoOffer, {
    title: 'Requests per minute',
    description:
      'Maximum requests per minute to all VTEX APIs together. Leaves capacity for your ERP and storefront. 0: no limit.',
  }),
  maxNewlyZeroPercent: integer(0, 100, 30).register(changesNoOffer, {
    title: 'Offers that may drop to 0 within an hour, in percent',
    description:
      'If more than 20 offers and more than this share of a source drop to 0 within an hour, the rest are held until ' +
      'you release them with ?force=true. 0 to 100; 100: no limit.',
  }),
  updateSchedule: clearable('*/5 * * * *').register(changesNoOffer, {
    title: 'Update schedule',
    description: 'Cron schedule (five fields) for exporting changed SKUs. Empty: disabled.',
  }),
  fullSchedule: clearable('0 3 * * *').register(changesNoOffer, {
    title: 'Full export schedule',
    description: 'Cron schedule (five fields) for exporting every SKU. Empty: disabled.',
  }),
  deliverFromWorkspace: text().register(changesNoOffer, {
    title: 'Deliver from workspace',
    description:
      'Name of one workspace besides production that may deliver. In all others, exports are dry runs.',
  }),
  adminEmail: pattern(
    /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/,
    'one e-mail address, such as ops@example.com'
  ).register(changesNoOffer, {
    title: 'E-mail for alerts',
    description:
      'Address that gets a mail when stock no longer reaches Intershop, and another one when it is over. Empty: no mails.',
  }),
  alertWebhook: textThat(isWebhook, 'an address that begins with https://')
    .refine((url) => url === '' || isDeclared(new URL(url)), UNDECLARED_WEBHOOK)
    .register(changesNoOffer, {
      title: 'Webhook for alerts',
      description:
        "Address (https) that gets the same alerts as JSON. Its host must be among the app's outbound-access policies. Empty: none.",
      format: 'password',
    }),
  affiliateNotifications: onOff().register(changesNoOffer, {
    title: 'Affiliate notifications',
    description:
      'Accepts change notifications of VTEX affiliates at /_v/intershop/affiliate/notification. This endpoint has no ' +
      'authentication. Anyone who knows it can trigger a re-read of a SKU, nothing more.',
  }),
})
