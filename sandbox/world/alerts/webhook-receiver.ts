import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { readBody, sendJson } from '../../common/http'
import { appendJsonLine, readJsonLines } from '../json-lines'

/** A host that the app's manifest declares; its path is a secret, as usual for webhooks. */
export const WEBHOOK_HOST = 'alerts.centra.com'
export const WEBHOOK_PATH = '/api/hooks/sandbox-webhook-secret'
export const WEBHOOK_URL = `https://${WEBHOOK_HOST}${WEBHOOK_PATH}`

const moment = z.iso.datetime()

/** The app's alerts, as docs/alerts.md describes them. */
const alertSchema = z.strictObject({
  v: z.literal(1),
  kind: z.enum([
    'export_failed',
    'offers_held',
    'update_late',
    'files_waiting',
    'schedule_not_registered',
  ]),
  state: z.enum(['begun', 'over']),
  account: z.string().min(1),
  workspace: z.string().min(1),
  title: z.string().min(1),
  message: z.string().min(1),
  action: z.string().min(1),
  since: moment,
  until: moment.optional(),
  exportId: z.string().optional(),
  call: z.strictObject({ method: z.literal('GET'), url: z.url() }),
})

/** An alert, and when it came. */
export type ReceivedAlert = z.infer<typeof alertSchema> & { at: string }

/** A receiver of alerts: refuses what is not as documented, and credentials that are none of its business. */
export class WebhookReceiver {
  readonly alerts: ReceivedAlert[]

  constructor(private readonly file: string) {
    this.alerts = [...readJsonLines<ReceivedAlert>(file)]
  }

  listener() {
    return (request: IncomingMessage, response: ServerResponse) => {
      readBody(request, 100_000)
        .then((body) => this.receive(request, body.toString('utf8')))
        .catch((error: unknown) => [400, String(error)] as const)
        .then(([status, message]) => sendJson(response, status, { message }))
    }
  }

  private receive({ method, url, headers }: IncomingMessage, body: string) {
    if (url !== WEBHOOK_PATH) return [404, 'no such hook'] as const
    if (method !== 'POST') return [405, 'POST only'] as const
    if (headers['x-vtex-use-https'] !== 'true') return [400, 'expected https'] as const
    if (headers.vtexidclientautcookie || headers.token) return [400, 'a credential'] as const
    if (!headers['content-type']?.startsWith('application/json')) return [415, 'JSON only'] as const
    const alert = { ...alertSchema.parse(JSON.parse(body)), at: new Date().toISOString() }
    appendJsonLine(this.file, alert)
    this.alerts.push(alert)
    return [200, 'received'] as const
  }
}
