import { z } from 'zod'
import { unlessMissing } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './vtexClient'

const TEMPLATES = '/api/template-render/pvt/templates'
/** VTEX Message Center: mails are sent by a host of their own. */
const SEND = 'http://mailservice.vtex.com.br/api/mail-service/pvt/sendmail'

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

  /** Creates a template unless there is one, which the merchant may have changed. @throws {UpstreamError} */
  async ensureTemplate(template: MailTemplate): Promise<void> {
    const known = this.read(`${TEMPLATES}/${template.name}`, z.unknown(), [])
    const isMissing = (await unlessMissing(known.then(() => true))) === undefined
    if (isMissing) await this.post(TEMPLATES, templateBody(template), z.unknown(), [])
  }

  /** Sends a mail. VTEX documents no response. @throws {UpstreamError} it may have been sent all the same */
  async send(templateName: string, jsonData: object): Promise<void> {
    const mail = { providerName: null, templateName, jsonData }
    await this.post(SEND, mail, z.unknown(), [])
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
