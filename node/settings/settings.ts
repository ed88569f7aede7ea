import { createHash } from 'crypto'
import { z } from 'zod'
import { AppError } from '../errors'
import { isSellerId, SELLER_ID } from '../offers/sellerId'
import { isShort, MOST_CHARACTERS } from '../offers/xmlText'
import { centraForm, centraOf, missingForCentra } from './centra'
import { integer, list, oneOf, optionalInteger, pattern, secret, switched, text } from './fields'
import { hostName } from './hostName'
import { sharedBySellers } from './offerSku'
import { serviceUrl } from './serviceUrl'
import { tokenProblems } from './tokens'

const ATTRIBUTES_OF_OURS = ['StockSellerId', 'StockObservedAt']

const withoutFields = (template: string) => template.replace(/\{(sku|sellerId)\}/g, '')

const IOM_ID = /^[A-Za-z0-9-]{1,64}$/
const SUPPLIERS = 'seller=supplier for each seller, separated by commas, such as 1=20010,2=20020'

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

const form = z.object({
  skuIdentifier: oneOf(['refId', 'skuId', 'ean'], 'refId'),
  sellers: list().refine(
    (ids) => ids.every(isSellerId),
    `expected ids of sellers separated by commas, each ${SELLER_ID}`
  ),
  salesChannel: optionalInteger(1, 2_147_483_647),
  safetyStock: integer(0, 1_000_000, 0),
  unlimitedQuantity: integer(0, 2_147_483_647, 9999),
  excludedWarehouses: list(),
  quantityAttribute: text('StockQuantity')
    .refine(isShort, `expected at most ${MOST_CHARACTERS} characters`)
    .refine(
      (name) => !ATTRIBUTES_OF_OURS.includes(name),
      `expected another name than ${ATTRIBUTES_OF_OURS.join(' and ')}, which every offer carries already`
    ),
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
  delivery: oneOf(['icm-sftp', 'iom-sftp'], 'icm-sftp'),
  iomShopId: pattern(IOM_ID, 'the id of a shop in IOM, such as 10000', ''),
  iomSuppliers: list().transform(suppliersOf),
  sftpHost: hostName('sftp.example.com'),
  sftpPort: integer(1, 65535, 22),
  sftpUser: text(),
  sftpPassword: secret(),
  sftpPrivateKey: secret(),
  sftpPassphrase: secret(),
  sftpHostKey: pattern(
    /^(SHA256:)?[A-Za-z0-9+/]{43}=?$/,
    'the SHA256 fingerprint of the host key, as ssh-keygen -l prints it (SHA256:...)',
    ''
  ),
  sftpLegacyAlgorithms: switched(),
  sftpDirectory: text('.'),
  sftpFilePrefix: pattern(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'letters, digits, _ and -, 64 at most',
    'stock'
  ),
  maxConcurrency: integer(1, 200, 25),
  maxRequestsPerMinute: integer(0, 600_000, 0),
  maxNewlyZeroPercent: integer(0, 100, 30),
  deliverFromWorkspace: text(),
  affiliateNotifications: switched(),
  ...centraForm,
})

const formIn = (production: boolean) => form.extend({ icmUrl: serviceUrl(production) })

const inProduction = formIn(true)
const elsewhere = formIn(false)

/** The settings that an export works with, checked, with every default filled in. */
export type Settings = z.infer<typeof inProduction>

/** A wrong or missing setting. The message names the setting and what was expected of it. */
export class SettingsError extends AppError {
  readonly code = 'settings_invalid'
}

const missingForIom = ({ delivery, iomShopId, iomSuppliers }: Settings): string[] => [
  ...(delivery !== 'iom-sftp' || iomShopId
    ? []
    : ['iomShopId: expected the id of the shop in IOM']),
  ...(delivery !== 'iom-sftp' || iomSuppliers.size > 0
    ? []
    : [`iomSuppliers: expected ${SUPPLIERS}`]),
]

const missing = (settings: Settings): string[] => [
  ...(settings.sftpHost ? [] : ['sftpHost: expected the host name of the SFTP server']),
  ...(settings.sftpUser ? [] : ['sftpUser: expected the user name at the SFTP server']),
  ...(settings.sftpPassword || settings.sftpPrivateKey
    ? []
    : ['sftpPassword: expected a password here, or a key in sftpPrivateKey']),
  ...missingForIom(settings),
  ...missingForCentra(settings),
  ...sharedBySellers(settings),
]

/**
 * Checks the settings as the VTEX admin saved them, as strictly as production asks for unless told that
 * the workspace is another.
 * @throws {SettingsError} naming each setting that is wrong or missing, and never its value.
 */
export function parseSettings(saved: unknown, { production } = { production: true }): Settings {
  const parsed = (production ? inProduction : elsewhere).safeParse(saved ?? {})
  const wrong = parsed.success
    ? missing(parsed.data)
    : parsed.error.issues.map((issue) => `${String(issue.path[0] ?? 'settings')}: ${issue.message}`)
  const problems = [...tokenProblems(saved), ...wrong]
  if (!parsed.success || problems.length > 0) {
    throw new SettingsError(`Wrong app settings. ${[...new Set(problems)].join('; ')}`)
  }
  return parsed.data
}

/** Whether notifications of VTEX affiliates are taken in; also while other settings are wrong. */
export const takesAffiliateNotifications = (saved: unknown): boolean =>
  form.shape.affiliateNotifications.safeParse(
    (saved as { affiliateNotifications?: unknown } | null)?.affiliateNotifications
  ).data === true

/** None while Centra is off, so that fingerprints stay as they were. */
function centraValues(settings: Settings): string[] {
  const centra = centraOf(settings)
  return centra ? [centra.access.url, centra.sellerId, centra.timeZone] : []
}

/** None where all sellers are exported as they come, likewise. */
function sellerValues({ sellers, salesChannel }: Settings): object[] {
  if (sellers.length === 0 && salesChannel === undefined) return []
  return [{ sellers: [...new Set(sellers)].sort(), salesChannel }]
}

/** None where offers go to ICM, likewise. */
function iomValues({ delivery, iomShopId, iomSuppliers }: Settings): unknown[] {
  return delivery === 'iom-sftp' ? [iomShopId, [...iomSuppliers].sort()] : []
}

/** Goes up where a version of the app comes to other quantities, so that its first update exports everything. */
const QUANTITY_RULES = 2

/**
 * Identifies the settings that change what an offer says or who receives it: an export under way
 * starts anew when this changes.
 */
export function fingerprint(settings: Settings): string {
  const values = [
    QUANTITY_RULES,
    settings.skuIdentifier,
    settings.safetyStock,
    settings.unlimitedQuantity,
    [...settings.excludedWarehouses].sort(),
    settings.quantityAttribute,
    settings.offerSku,
    settings.delivery,
    settings.sftpHost,
    settings.sftpPort,
    settings.sftpDirectory,
    // Names sort by their prefix first.
    settings.sftpFilePrefix,
    ...centraValues(settings),
    ...sellerValues(settings),
    ...iomValues(settings),
  ]
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12)
}
