import { createHash } from 'crypto'
import type { z } from 'zod'

import type { CentraAccess } from '../clients/centra'
import { AppError } from '../common/errors'
import { changesNoOffer, ICM_URL, SUPPLIERS, settingsTable } from './settingsTable'

type Values = z.infer<typeof settingsTable>
type Name = keyof Values

const fields: { [N in Name]: { safeParse(value: unknown): z.ZodSafeParseResult<Values[N]> } } =
  settingsTable.shape

const keysOf = <T extends object>(object: T) => Object.keys(object) as (keyof T)[]

const TOKENS = ['token', 'previousToken'] as const

/** An invalid schedule fails no export (see schedules/), nor does an alert's address; tokens concern requests only. */
const ofExports = settingsTable.omit({
  token: true,
  previousToken: true,
  updateSchedule: true,
  fullSchedule: true,
  adminEmail: true,
  alertWebhook: true,
})

/** The checked settings of an export, with all defaults. */
export type Settings = z.infer<typeof ofExports>

/** A wrong or missing setting. The message has its name and what is expected. */
export class SettingsError extends AppError {
  readonly code = 'settings_invalid'
}

const check = <N extends Name>(saved: unknown, name: N) =>
  fields[name].safeParse((saved as Partial<Record<N, unknown>> | null | undefined)?.[name])

/** The problems of these settings, one sentence each, with the name of the setting and never its value. */
export const problemsOf = (saved: unknown, names: readonly Name[]): string[] =>
  names.flatMap(
    (name) => check(saved, name).error?.issues.map((issue) => `${name}: ${issue.message}`) ?? []
  )

/** One setting, whether or not others are valid; undefined if it is invalid itself. */
export const readSetting = <N extends Name>(saved: unknown, name: N) => check(saved, name).data

/** The default of a setting. */
export const defaultOf = <N extends Name>(name: N) => readSetting({}, name)

/**
 * The tokens that authorize requests: `token`, and `previousToken` during a rotation. Parsed apart from the others, so
 * that the reports stay readable while another setting is invalid.
 */
export const parseTokens = (saved: unknown): string[] =>
  TOKENS.flatMap((name) => readSetting(saved, name) || [])

export const tokenProblems = (saved: unknown): string[] => problemsOf(saved, TOKENS)

const ICM_NEEDED = [
  ...(['icmUrl', 'icmSite', 'icmOrganization', 'icmUser', 'icmPassword'] as const),
  ...(['icmUnit', 'icmDomain'] as const),
]

const CENTRA_NEEDED = {
  centraUrl: 'https://{client}.centra.com/api/{plugin}',
  centraToken: "the token of Centra's plugin",
  // No default: a wrong time zone silently misses changes for hours.
  centraTimeZone: 'the time zone of the company in Centra',
}

/** Missing settings, and valid settings that do not fit together. */
function combinedProblems(settings: Settings): string[] {
  const { offerSku, centraSellerId } = settings
  const sellers = new Set(settings.sellers).size
  const isIom = settings.delivery === 'iom-sftp'
  const isSftp = settings.delivery !== 'icm-rest'
  const problems: [boolean, string][] = [
    [isSftp && !settings.sftpHost, 'sftpHost: expected the host name of the SFTP server'],
    [isSftp && !settings.sftpUser, 'sftpUser: expected the user name at the SFTP server'],
    [
      isSftp && !settings.sftpPassword && !settings.sftpPrivateKey,
      'sftpPassword: expected a password here, or a key in sftpPrivateKey',
    ],
    ...ICM_NEEDED.map((name): [boolean, string] => [
      !isSftp && !settings[name],
      `${name}: expected ${name === 'icmUrl' ? ICM_URL : 'a value'}, since delivery is icm-rest`,
    ]),
    [isIom && !settings.iomShopId, 'iomShopId: expected the id of the shop in IOM'],
    [isIom && settings.iomSuppliers.size === 0, `iomSuppliers: expected ${SUPPLIERS}`],
    ...keysOf(CENTRA_NEEDED).map((name): [boolean, string] => [
      centraSellerId !== '' && !settings[name],
      `${name}: expected ${CENTRA_NEEDED[name]}, since centraSellerId is set`,
    ]),
    [
      offerSku !== '' && !offerSku.includes('{sellerId}') && sellers !== 1,
      'offerSku: expected a template with {sellerId} too, such as {sku}_{sellerId}, since ' +
        `${sellers || 'all'} sellers are exported, and their offers of a SKU would be one offer in Intershop; ` +
        'or one seller alone in sellers',
    ],
  ]
  return problems.filter(([isWrong]) => isWrong).map(([, problem]) => problem)
}

type Checked = { settings: Settings; problem?: never } | { settings?: never; problem: string }

/** The settings as the VTEX admin saved them; or the name of each wrong or missing one, and never its value. */
export function checkSettings(saved: unknown): Checked {
  const { data: settings, error } = ofExports.safeParse(saved ?? {})
  const wrong = settings
    ? combinedProblems(settings)
    : error.issues.map(({ path, message }) => `${String(path[0] ?? 'settings')}: ${message}`)
  const problems = new Set([...tokenProblems(saved), ...wrong])
  if (settings && problems.size === 0) return { settings }
  return { problem: `Wrong app settings. ${[...problems].join('; ')}` }
}

/** The same. @throws {SettingsError} */
export function parseSettings(saved: unknown): Settings {
  const { settings, problem } = checkSettings(saved)
  if (settings) return settings
  throw new SettingsError(problem)
}

/** The seller whose offers come from Centra, and how to reach Centra; undefined if Centra is not used. */
export function centraOf({
  centraSellerId: sellerId,
  centraUrl: url,
  centraToken: token,
  centraAuth: auth,
  centraTimeZone: timeZone,
}: Settings): { sellerId: string; access: CentraAccess; timeZone: string } | undefined {
  return sellerId === '' ? undefined : { sellerId, access: { url, token, auth }, timeZone }
}

/** Increase it if a version changes quantities or defaults: its first update is then a full export. */
const OFFER_RULES = 2

/** Lists and maps count by what they name. */
const comparable = (value: unknown) =>
  JSON.stringify(Array.isArray(value) || value instanceof Map ? [...new Set(value)].sort() : value)

/** The settings in the hash, with their defaults. */
const HASHED = keysOf(ofExports.shape)
  .filter((name) => !changesNoOffer.has(ofExports.shape[name]))
  .sort()
  .map((name) => ({ name, unset: comparable(defaultOf(name)) }))

/**
 * Identifies the settings that change an offer or its receiver: a running export restarts when it changes. Defaults are
 * left out, so that a new setting does not change existing hashes.
 */
export function settingsHashOf(settings: Settings): string {
  const centra = centraOf(settings) ? {} : { centraUrl: '', centraTimeZone: '' }
  const iom = settings.delivery === 'iom-sftp' ? {} : { iomShopId: '', iomSuppliers: new Map() }
  const icm =
    settings.delivery === 'icm-rest'
      ? {}
      : { icmUrl: '', icmSite: '', icmUnit: '', icmDomain: '', icmLocale: defaultOf('icmLocale') }
  const inEffect = { ...settings, ...centra, ...iom, ...icm }
  const values = HASHED.flatMap(({ name, unset }) => {
    const value = comparable(inEffect[name])
    return value === unset ? [] : [[name, value]]
  })
  const hash = createHash('sha256').update(JSON.stringify([OFFER_RULES, values]))
  return hash.digest('hex').slice(0, 12)
}
