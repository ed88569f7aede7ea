import type { IOContext } from '@vtex/api'
import { AppError } from '../common/errors'
import { toUpstreamError } from '../common/upstreamError'

/** How long settings are trusted without reading them again. */
const KEPT_MS = 20_000
/** A failure is kept too, shortly: a flood of requests is no flood of settings calls. */
const KEPT_FAILURE_MS = 1_000

/** The app's settings could not be read; what they say is unknown. */
export class SettingsUnavailableError extends AppError {
  readonly code = 'settings_unavailable'
}

interface Entry {
  readAt: number
  keptMs: number
  saved: Promise<unknown>
}

/** Workers serve many accounts: kept by account and workspace. */
const kept = new Map<string, Entry>()

interface AppsClient {
  getAppSettings(app: string): Promise<unknown>
}

/**
 * The settings of this app as the VTEX admin saved them: one call, shared by all who ask meanwhile and
 * shortly after.
 * @throws {SettingsUnavailableError}
 */
export function appSettings(
  apps: AppsClient,
  { account, workspace }: Pick<IOContext, 'account' | 'workspace'>
): Promise<unknown> {
  const key = `${account}/${workspace}`
  const known = kept.get(key)
  if (known && Date.now() - known.readAt < known.keptMs) return known.saved
  const entry: Entry = { readAt: Date.now(), keptMs: KEPT_MS, saved: read(apps) }
  entry.saved.catch(() => {
    entry.keptMs = KEPT_FAILURE_MS
  })
  kept.set(key, entry)
  return entry.saved
}

async function read(apps: AppsClient): Promise<unknown> {
  const saved: unknown = await apps
    .getAppSettings(process.env.VTEX_APP_ID ?? '')
    .catch((thrown: unknown) => {
      const { message } = toUpstreamError('VTEX apps', thrown, Date.now())
      throw new SettingsUnavailableError(`the app settings cannot be read. ${message}`)
    })
  if (isForm(saved)) return saved
  throw new SettingsUnavailableError('the app settings cannot be read. VTEX apps: malformed answer')
}

/**
 * A form that nobody saved is an empty object or nothing. Anything else (an answer that is no JSON arrives as
 * text) says nothing of tokens, not even that there are none.
 */
const isForm = (saved: unknown) =>
  saved === null || saved === undefined || (typeof saved === 'object' && !Array.isArray(saved))
