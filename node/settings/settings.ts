import { createHash } from 'crypto'
import type { z } from 'zod'

import type { CentraAccess } from '../clients/centra'
import { AppError } from '../common/errors'
import { changesOffers, ICM_URL, SUPPLIERS, settingsTable } from './settingsTable'

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

/**
 * The tokens that authorize requests: `token`, and `previousToken` during a rotation. Parsed apart from the others, so
 * that the reports stay readable while another setting is invalid.
 */
export const parseTokens = (saved: unknown): string[] =>
  TOKENS.flatMap((name) => readSetting(saved, name) || [])

export const tokenProblems = (saved: unknown): string[] => problemsOf(saved, TOKENS)

const ICM_NAMES = keysOf(ofExports.shape).filter((name) => name.startsWith('icm'))

/** What is expected of settings that are empty. */
function missingSettings(settings: Settings): string[] {
  const problems: string[] = []
  const need = (name: keyof Settings, expected: string) => {
    if (!settings[name]) problems.push(`${name}: expected ${expected}`)
  }
  if (settings.delivery === 'icm-rest') {
    for (const name of ICM_NAMES) {
      need(name, `${name === 'icmUrl' ? ICM_URL : 'a value'}, since delivery is icm-rest`)
    }
  } else {
    need('sftpHost', 'the host name of the SFTP server')
    need('sftpUser', 'the user name at the SFTP server')
    if (!settings.sftpPrivateKey)
      need('sftpPassword', 'a password here, or a key in sftpPrivateKey')
  }
  if (settings.delivery === 'iom-sftp') {
    need('iomShopId', 'the id of the shop in IOM')
    if (settings.iomSuppliers.size === 0) problems.push(`iomSuppliers: expected ${SUPPLIERS}`)
  }
  if (settings.centraSellerId !== '') {
    const why = 'since centraSellerId is set'
    need('centraUrl', `https://{client}.centra.com/api/{plugin}, ${why}`)
    need('centraToken', `the token of Centra's plugin, ${why}`)
    // No default: a wrong time zone silently misses changes for hours.
    need('centraTimeZone', `the time zone of the company in Centra, ${why}`)
  }
  return problems
}

/** Settings that are valid each, and do not fit together. */
function conflictingSettings({ offerSku, sellers }: Settings): string[] {
  const exported = new Set(sellers).size
  if (offerSku === '' || offerSku.includes('{sellerId}') || exported === 1) return []
  return [
    'offerSku: expected a template with {sellerId} too, such as {sku}_{sellerId}, since ' +
      `${exported || 'all'} sellers are exported, and their offers of a SKU would be one offer in Intershop; ` +
      'or one seller alone in sellers',
  ]
}

type Checked = { settings: Settings; problem?: never } | { settings?: never; problem: string }

/** The settings as the VTEX admin saved them; or the name of each wrong or missing one, and never its value. */
export function checkSettings(saved: unknown): Checked {
  const { data: settings, error } = ofExports.safeParse(saved ?? {})
  const wrong = settings
    ? [...missingSettings(settings), ...conflictingSettings(settings)]
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
export function centraOf(settings: Settings) {
  const { centraSellerId: sellerId, centraTimeZone: timeZone } = settings
  if (sellerId === '') return undefined
  const { centraUrl: url, centraToken: token, centraAuth: auth } = settings
  const access: CentraAccess = { url, token, auth }
  return { sellerId, access, timeZone }
}

/** Increase it if a version changes quantities or defaults: its first update is then a full export. */
const OFFER_RULES = 2

/** Lists and maps count by what they name. */
const comparable = (value: unknown) =>
  JSON.stringify(Array.isArray(value) || value instanceof Map ? [...new Set(value)].sort() : value)

/** The settings in the hash, with their defaults. */
const HASHED = keysOf(ofExports.shape)
  .filter((name) => changesOffers.has(ofExports.shape[name]))
  .sort()
  .map((name) => ({ name, unset: comparable(readSetting({}, name)) }))

/** Some settings have an effect only with another one. */
function isUsed(name: string, { delivery, centraSellerId }: Settings): boolean {
  if (name.startsWith('icm')) return delivery === 'icm-rest'
  if (name.startsWith('iom')) return delivery === 'iom-sftp'
  return !name.startsWith('centra') || centraSellerId !== ''
}

/**
 * Identifies the settings that change an offer or its receiver: a running export restarts when it changes. Defaults are
 * left out, so that a new setting does not change existing hashes.
 */
export function settingsHashOf(settings: Settings): string {
  const values = HASHED.filter(({ name }) => isUsed(name, settings)).flatMap(({ name, unset }) => {
    const value = comparable(settings[name])
    return value === unset ? [] : [[name, value]]
  })
  const hash = createHash('sha256').update(JSON.stringify([OFFER_RULES, values]))
  return hash.digest('hex').slice(0, 12)
}
