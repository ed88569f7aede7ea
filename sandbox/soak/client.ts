import { z } from 'zod'
import { exportStatus, ROUTES } from '../cli/exports'
import { SECRETS, type SecretScanner } from './secrets'

/** The result of a POST. `uncertain`: the app did not respond, so the export may have been accepted. */
export type PostResult =
  | { kind: 'accepted'; exportId: string }
  | { kind: 'rejected'; status: number }
  | { kind: 'uncertain' }

const outcomeSchema = z.object({
  exportId: z.string(),
  status: exportStatus,
  acceptedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  coveredBy: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})

/** The fields of an export's report that a soak checks. */
export type Outcome = z.infer<typeof outcomeSchema>

/** Not accepted: too many queued exports, VBase down, or no worker running. */
const REJECTED_STATUSES: readonly number[] = [429, 503]

/** An API client of the app that searches each response for secrets. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly secrets: SecretScanner
  ) {}

  /** Starts an export; `path` follows the routes' common path. */
  async post(path: string): Promise<PostResult> {
    const response = await this.send('POST', path).catch(() => undefined)
    const exportId = response?.headers.get('x-export-id')
    if (response?.status === 200 && exportId) return { kind: 'accepted', exportId }
    if (response && REJECTED_STATUSES.includes(response.status))
      return { kind: 'rejected', status: response.status }
    return { kind: 'uncertain' }
  }

  /** Reads an export's state; `unknown` if the app responds 404, undefined if it does not respond. */
  async outcome(exportId: string): Promise<Outcome | 'unknown' | undefined> {
    const response = await this.send('GET', `/exports/${exportId}`).catch(() => undefined)
    if (response?.status === 404) return 'unknown'
    return response?.status === 200 ? outcomeSchema.parse(JSON.parse(response.text)) : undefined
  }

  private async send(method: string, path: string) {
    const headers = { token: SECRETS.token }
    const response = await fetch(`${this.url}${ROUTES}${path}`, { method, headers })
    const text = await response.text()
    const all = `${JSON.stringify([...response.headers])} ${text}`
    this.secrets.search(`response ${response.status} to ${method} ${path}`, all)
    return { status: response.status, headers: response.headers, text }
  }
}
