import { z } from 'zod'
import { statusError, unlessMissing } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { CommerceApi, ExternalApi } from './baseClients'

const TEMPLATES = '/api/template-render/pvt/templates'
/** VTEX Message Center: mails are sent by a host of their own. */
const SEND = 'http://mailservice.vtex.com.br/api/mail-service/pvt/sendmail'

const anything = z.unknown().transform(() => true)

/** A mail in Handlebars. */
export interface MailTemplate {
  /** Its id in the Message Center. */
  name: string
  title: string
  to: string
  subject: string
  html: string
}

/** VTEX's Message Center, which sends mails from templates that are kept there. */
export class MessageCenter extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'messageCenter')
  protected override readonly timeoutMs = 8_000

  /** Creates a template unless there is one, which the merchant may have changed. */
  async ensureTemplate(template: MailTemplate): Promise<void> {
    const known = this.read(`${TEMPLATES}/${template.name}`, anything)
    if (!(await unlessMissing(known)))
      await this.post(TEMPLATES, templateBody(template), z.unknown())
  }

  /** Sends a mail. VTEX documents no response. @throws {UpstreamError} it may have been sent all the same */
  async send(templateName: string, jsonData: object): Promise<void> {
    const mail = { providerName: null, templateName, jsonData }
    await this.post(SEND, mail, z.unknown())
  }
}

/** As VTEX's own apps send it; VTEX documents no fields. */
const templateBody = ({ name, title, to, subject, html }: MailTemplate) => ({
  Name: name,
  FriendlyName: title,
  Description: null,
  IsDefaultTemplate: false,
  AccountId: null,
  AccountName: null,
  ApplicationId: null,
  IsPersisted: true,
  IsRemoved: false,
  Type: '',
  Templates: {
    email: {
      To: to,
      CC: null,
      BCC: null,
      Subject: subject,
      Message: html,
      Type: 'E',
      ProviderId: '00000000-0000-0000-0000-000000000000',
      ProviderName: null,
      IsActive: true,
      withError: false,
    },
    sms: {
      Type: 'S',
      ProviderId: null,
      ProviderName: null,
      IsActive: false,
      withError: false,
      Parameters: [],
    },
  },
})

/** The merchant's receiver of alerts. Its address may be a secret, so no error has it. */
export class Webhook extends ExternalApi {
  protected readonly limiter = limiterOf(this.context, 'webhook')
  protected readonly metric = 'intershop-webhook'
  protected readonly maxMegabytes = 1 / 16

  /** POSTs JSON; any 2xx counts as received. @throws {UpstreamError} it may have been received all the same */
  send(url: string, content: object): Promise<void> {
    const headers = { 'Content-Type': 'application/json' }
    return this.limiter.run(async () => {
      const answer = await this.ask({ method: 'POST', url, headers, body: JSON.stringify(content) })
      const isReceived = answer.status >= 200 && answer.status <= 299
      if (!isReceived) throw statusError(this.limiter.upstream, answer)
    })
  }
}
