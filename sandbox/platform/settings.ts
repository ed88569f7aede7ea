import { mkdir, readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { dirname } from 'node:path'
import { z } from 'zod'
import { decodePercent, readBody, sendJson } from '../common/http'
import type { App } from './app'
import { hasCode, writeAtomically } from './files'
import type { Identity } from './identity'
import type { NotSimulated } from './not-simulated'

const MAX_BODY = 2 ** 20
const SETTINGS_URL = /^\/apps\/v0\/([^/]+)\/([^/]+)\/apps\/([^/]+)\/settings\/?(?:\?.*)?$/

export const settingsSchema = z.record(z.string(), z.unknown())

/** Values of the app's settings, as its form sends them. */
export type Settings = z.infer<typeof settingsSchema>

/** The app's saved settings; `{}` until they are saved, without the schema's defaults. */
export class SettingsStore {
  constructor(private readonly file: string) {}

  async read(): Promise<Settings> {
    return (await this.readIfSaved()) ?? {}
  }

  /** Replaces all settings. */
  async save(next: Settings): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true })
    await writeAtomically(this.file, `${JSON.stringify(next, null, 2)}\n`)
  }

  /** Saves `initial` if no settings are saved. */
  async saveFirst(initial: Settings): Promise<void> {
    if ((await this.readIfSaved()) === undefined) {
      await this.save(initial)
    }
  }

  private async readIfSaved(): Promise<Settings | undefined> {
    try {
      return settingsSchema.parse(JSON.parse(await readFile(this.file, 'utf8')))
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        return undefined
      }
      throw error
    }
  }
}

/** The settings API for the Apps client of @vtex/api: 403 for settings of other apps, 501 for the apps registry. */
export function createAppsListener(
  store: SettingsStore,
  app: Pick<App, 'id' | 'owner'>,
  { account, workspace }: Pick<Identity, 'account' | 'workspace'>,
  notSimulated: NotSimulated
): RequestListener {
  return (request, response) => {
    const match = SETTINGS_URL.exec(request.url ?? '')
    if (match === null) {
      notSimulated.refuse('the apps registry', request, response)
      return
    }
    const [, ofAccount, ofWorkspace, appId = ''] = match
    const known = ofAccount === account && ofWorkspace === workspace
    const own = known && [app.id, app.owner].includes(decodePercent(appId))
    const serve = async (): Promise<void> => {
      if (!own) {
        const status = known ? 403 : 404
        sendJson(response, status, { code: 'NotFound', message: `no settings at ${request.url}` })
      } else if (request.method === 'PUT') {
        await store.save(
          settingsSchema.parse(JSON.parse(String(await readBody(request, MAX_BODY))))
        )
        sendJson(response, 200, await store.read())
      } else {
        sendJson(response, 200, await store.read())
      }
    }
    serve().catch((error) => sendJson(response, 500, { code: 'Error', message: String(error) }))
  }
}
