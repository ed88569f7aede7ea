import type { IncomingMessage, ServerResponse } from 'node:http'
import Handlebars from 'handlebars'
import { z } from 'zod'
import { decodePercent, readBody, sendJson } from '../../common/http'
import { appendJsonLine, readJsonLines } from '../json-lines'

/** The host that sends mails; templates are on the host of the account's APIs. */
export const MAIL_HOST = 'mailservice.vtex.com.br'
const SEND_PATH = '/api/mail-service/pvt/sendmail'
export const TEMPLATE_PATH = '/api/template-render/pvt/templates'
const MAX_BODY = 1_000_000

const text = z.string().min(1)

const templateSchema = z.looseObject({
  Name: text,
  FriendlyName: text,
  Templates: z.looseObject({
    email: z.looseObject({
      To: text,
      Subject: text,
      Message: text,
      Type: z.literal('E'),
      IsActive: z.literal(true),
      ProviderId: z.uuid(),
    }),
    sms: z.looseObject({ Type: z.literal('S') }),
  }),
})

type Template = z.infer<typeof templateSchema>

const mailSchema = z.strictObject({
  providerName: z.string().nullable(),
  templateName: text,
  jsonData: z.record(z.string(), z.unknown()),
})

/** A mail as its recipient gets it. */
export interface Mail {
  at: string
  to: string
  subject: string
  html: string
}

/** Whether a token is known. */
type Resources = (token: string) => unknown

type Line = { template: Template } | { lost: string } | { mail: Mail }

/**
 * VTEX's Message Center: keeps templates in Handlebars, and sends mails of them. Strict where VTEX documents nothing: a
 * template that does not compile, a mail without its template, and a field that the data lacks are refused.
 */
export class MessageCenter {
  readonly templates = new Map<string, Template>()
  readonly mails: Mail[] = []

  constructor(
    private readonly account: string,
    private readonly file: string
  ) {
    for (const line of readJsonLines<Line>(file)) this.apply(line)
  }

  /** The listener of both hosts. */
  listener() {
    return (request: IncomingMessage, response: ServerResponse, resourcesOf: Resources) => {
      readBody(request, MAX_BODY)
        .then((body) => this.respond(request, resourcesOf, body.toString('utf8')))
        .catch((error: unknown) => [400, { message: readable(error) }] as const)
        .then(([status, body]) => sendJson(response, status, body))
    }
  }

  /** Forgets a template, as if somebody had deleted it in the admin. */
  lose(name: string): boolean {
    const isKnown = this.templates.has(name)
    if (isKnown) this.write({ lost: name })
    return isKnown
  }

  private respond(
    { method, url = '/', headers }: IncomingMessage,
    resourcesOf: Resources,
    body: string
  ): readonly [number, unknown] {
    const { pathname, searchParams } = new URL(url, `http://${MAIL_HOST}`)
    if (resourcesOf(String(headers.vtexidclientautcookie ?? '')) === undefined) {
      return [401, { message: 'Unauthorized' }]
    }
    if (headers['x-vtex-use-https'] !== 'true') return [400, { message: 'expected https' }]
    if (searchParams.get('an') !== this.account) return [400, { message: 'Account not found.' }]
    if (method === 'POST' && pathname === SEND_PATH) return this.send(JSON.parse(body))
    if (method === 'POST' && pathname === TEMPLATE_PATH) return this.create(JSON.parse(body))
    if (method === 'GET' && pathname.startsWith(`${TEMPLATE_PATH}/`)) {
      const found = this.templates.get(decodePercent(pathname.slice(TEMPLATE_PATH.length + 1)))
      return found ? [200, found] : [404, { message: 'there is no such template' }]
    }
    return [404, { message: `nothing at ${method} ${pathname}` }]
  }

  private create(body: unknown): readonly [number, unknown] {
    const template = templateSchema.parse(body)
    const { To, Subject, Message } = template.Templates.email
    for (const part of [To, Subject, Message]) Handlebars.precompile(part)
    this.write({ template })
    return [200, {}]
  }

  private send(body: unknown): readonly [number, unknown] {
    const { templateName, jsonData } = mailSchema.parse(body)
    const email = this.templates.get(templateName)?.Templates.email
    if (email === undefined) return [400, { message: `no template ${templateName}` }]
    const render = (part: string) => Handlebars.compile(part, { strict: true })(jsonData)
    const mail = {
      at: new Date().toISOString(),
      to: z.email().parse(render(email.To)),
      subject: render(email.Subject),
      html: render(email.Message),
    }
    this.write({ mail })
    return [200, {}]
  }

  private write(line: Line): void {
    appendJsonLine(this.file, line)
    this.apply(line)
  }

  private apply(line: Line): void {
    if ('template' in line) this.templates.set(line.template.Name, line.template)
    else if ('lost' in line) this.templates.delete(line.lost)
    else this.mails.push(line.mail)
  }
}

const readable = (error: unknown) =>
  error instanceof z.ZodError ? z.prettifyError(error) : String(error)
