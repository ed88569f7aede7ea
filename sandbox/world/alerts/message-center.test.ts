import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { temporaryFolder } from '../../common/temporary-folder'
import { MessageCenter, TEMPLATE_PATH } from './message-center'
import { WEBHOOK_PATH, WebhookReceiver } from './webhook-receiver'

const folder = temporaryFolder()
const center = new MessageCenter('acme', join(folder.path, 'mails.jsonl'))
const receiver = new WebhookReceiver(join(folder.path, 'webhook.jsonl'))
const mail = center.listener()
const hook = receiver.listener()
const known = (token: string) => (token === 'credential' ? {} : undefined)
const server = createServer((request, response) =>
  request.url?.startsWith('/api/hooks') ? hook(request, response) : mail(request, response, known)
)

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  folder.remove()
})

const HEADERS = { vtexidclientautcookie: 'credential', 'x-vtex-use-https': 'true' }

async function call(path: string, body?: object, headers: Record<string, string> = HEADERS) {
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { ...headers, 'content-type': 'application/json', connection: 'close' },
    body: body && JSON.stringify(body),
  })
  return response.status
}

const template = (over: object = {}) => ({
  Name: 't',
  FriendlyName: 'T',
  Templates: {
    email: {
      ...{ To: '{{to}}', Subject: '{{{subject}}}', Message: '<p>{{text}}</p>', Type: 'E' },
      ...{ IsActive: true, ProviderId: '00000000-0000-0000-0000-000000000000', ...over },
    },
    sms: { Type: 'S' },
  },
})

const DATA = { to: 'ops@example.com', subject: 'A & B', text: '<script>' }
const sendmail = (jsonData: object, templateName = 't') => ({
  ...{ providerName: null, templateName, jsonData },
})
const SEND = '/api/mail-service/pvt/sendmail?an=acme'
const TEMPLATES = `${TEMPLATE_PATH}?an=acme`

it('refuses a mail until its template exists, then renders and escapes it', async () => {
  expect(await call(SEND, sendmail(DATA))).toBe(400)
  expect(await call(`${TEMPLATE_PATH}/t?an=acme`)).toBe(404)
  expect(await call(TEMPLATES, template())).toBe(200)
  expect(await call(`${TEMPLATE_PATH}/t?an=acme`)).toBe(200)
  expect(await call(SEND, sendmail(DATA))).toBe(200)
  expect(center.mails).toMatchObject([
    { to: 'ops@example.com', subject: 'A & B', html: '<p>&lt;script&gt;</p>' },
  ])
})

it.each<[string, string, object, Record<string, string>, number]>([
  ['an unknown token', SEND, sendmail(DATA), { ...HEADERS, vtexidclientautcookie: 'x' }, 401],
  ['plain http', SEND, sendmail(DATA), { vtexidclientautcookie: 'credential' }, 400],
  ['another account', SEND.replace('acme', 'x'), sendmail(DATA), HEADERS, 400],
  ['another field', SEND, { ...sendmail(DATA), to: 'x' }, HEADERS, 400],
  ['a field that the data lacks', SEND, sendmail({ ...DATA, text: undefined }), HEADERS, 400],
  ['no recipient', SEND, sendmail({ ...DATA, to: 'ops' }), HEADERS, 400],
  ['a template that does not compile', TEMPLATES, template({ Message: '{{#if' }), HEADERS, 400],
])('the Message Center refuses %s', async (_, path, body, headers, status) => {
  const before = center.mails.length
  expect(await call(path, body, headers)).toBe(status)
  expect(center.mails).toHaveLength(before)
})

it('MessageCenter keeps mails and templates over a restart, but for a lost template', () => {
  expect(center.lose('t')).toBe(true)
  const again = new MessageCenter('acme', join(folder.path, 'mails.jsonl'))
  expect([again.mails, [...again.templates]]).toEqual([center.mails, []])
})

const ALERT = {
  ...{ v: 1, kind: 'offers_held', state: 'begun', account: 'acme', workspace: 'master' },
  ...{ title: 't', message: 'm', action: 'a', since: '2026-11-27T12:00:00.000Z' },
  call: { method: 'GET', url: 'https://master--acme.myvtex.com/' },
}
const HTTPS = { 'x-vtex-use-https': 'true' }

it.each<[string, string, object, Record<string, string>, number]>([
  ['an alert', WEBHOOK_PATH, ALERT, HTTPS, 200],
  ['another path', `${WEBHOOK_PATH}x`, ALERT, HTTPS, 404],
  ['plain http', WEBHOOK_PATH, ALERT, {}, 400],
  ['a credential of VTEX', WEBHOOK_PATH, ALERT, HEADERS, 400],
  ['an unknown kind', WEBHOOK_PATH, { ...ALERT, kind: 'x' }, HTTPS, 400],
  ['another field', WEBHOOK_PATH, { ...ALERT, token: 'x' }, HTTPS, 400],
])('the webhook receiver gets %s', async (_, path, body, headers, status) => {
  const before = receiver.alerts.length
  expect(await call(path, body, headers)).toBe(status)
  expect(receiver.alerts).toHaveLength(before + (status === 200 ? 1 : 0))
})
