import { z } from 'zod'
import { exportStatus, ROUTES } from '../cli/exports'
import { SECRETS, type SecretWatch } from './secrets'

/** What became of a POST. `uncertain`: no answer came from the app, so nobody knows. */
export type Posted =
  | { kind: 'accepted'; exportId: string }
  | { kind: 'refused'; status: number }
  | { kind: 'uncertain' }

const outcomeSchema = z.object({
  exportId: z.string(),
  status: exportStatus,
  acceptedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  coveredBy: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})

/** Of an export's report, what a soak judges. */
export type Outcome = z.infer<typeof outcomeSchema>

/** The app refused and kept nothing: too many wait, or it could not be made durable; or no worker was there. */
const REFUSALS: readonly number[] = [429, 503]

/** A caller of the app who looks for secrets in every answer. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly secrets: SecretWatch
  ) {}

  /** Asks for an export; `path` is what follows the routes' common path. */
  async post(path: string): Promise<Posted> {
    const answer = await this.send('POST', path).catch(() => undefined)
    const exportId = answer?.headers.get('x-export-id')
    if (answer?.status === 200 && exportId) return { kind: 'accepted', exportId }
    if (answer && REFUSALS.includes(answer.status))
      return { kind: 'refused', status: answer.status }
    return { kind: 'uncertain' }
  }

  /** How an export stands; `unknown` when the app says that there is none, undefined while it says nothing. */
  async outcome(exportId: string): Promise<Outcome | 'unknown' | undefined> {
    const answer = await this.send('GET', `/exports/${exportId}`).catch(() => undefined)
    if (answer?.status === 404) return 'unknown'
    return answer?.status === 200 ? outcomeSchema.parse(JSON.parse(answer.text)) : undefined
  }

  private async send(method: string, path: string) {
    const headers = { token: SECRETS.token }
    const answer = await fetch(`${this.url}${ROUTES}${path}`, { method, headers })
    const text = await answer.text()
    const all = `${JSON.stringify([...answer.headers])} ${text}`
    this.secrets.look(`the answer ${answer.status} to ${method} ${path}`, all)
    return { status: answer.status, headers: answer.headers, text }
  }
}
