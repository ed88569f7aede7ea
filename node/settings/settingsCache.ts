import { AppError } from '../common/errors'
import { type AccountRef, perAccount } from '../common/perAccount'
import { toUpstreamError } from '../common/upstreamError'

/** How long settings are used before they are read again. */
const KEPT_MS = 20_000
/** Failures are cached too, so that a flood of requests causes no flood of calls. */
const KEPT_FAILURE_MS = 1_000

/** The app's settings could not be read, and are unknown. */
export class SettingsUnavailableError extends AppError {
  readonly code = 'settings_unavailable'
}

const cached = perAccount((): { saved?: Promise<unknown>; until: number } => ({ until: 0 }))

/** What settings are read with, as the context of a request or an event has it. */
interface Around {
  clients: { apps: { getAppSettings(app: string): Promise<unknown> } }
  vtex: AccountRef
}

/**
 * The app's settings as the VTEX admin saved them. Concurrent and later callers share one call.
 * @throws {SettingsUnavailableError}
 */
export function appSettings({ clients, vtex }: Around): Promise<unknown> {
  const cache = cached(vtex)
  const now = Date.now()
  if (cache.saved && now < cache.until) return cache.saved
  const saved = read(clients)
  cache.saved = saved
  cache.until = now + KEPT_MS
  saved.catch(() => {
    if (cache.saved === saved) cache.until = now + KEPT_FAILURE_MS
  })
  return saved
}

async function read({ apps }: Around['clients']): Promise<unknown> {
  const saved: unknown = await apps
    .getAppSettings(process.env.VTEX_APP_ID ?? '')
    .catch((thrown: unknown) => {
      const { message } = toUpstreamError('VTEX apps', thrown)
      throw new SettingsUnavailableError(`the app settings cannot be read. ${message}`)
    })
  if (isForm(saved)) return saved
  throw new SettingsUnavailableError('the app settings cannot be read. VTEX apps: malformed answer')
}

/**
 * An unsaved form is an empty object or nothing. Anything else (a response that is not JSON arrives as text) does not
 * show whether there are tokens.
 */
const isForm = (saved: unknown) =>
  saved === null || saved === undefined || (typeof saved === 'object' && !Array.isArray(saved))
