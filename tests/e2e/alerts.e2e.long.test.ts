import { z } from 'zod'
import { MAIL_HOST, type Mail } from '../../sandbox/world/alerts/message-center'
import { WEBHOOK_HOST, WEBHOOK_URL } from '../../sandbox/world/alerts/webhook-receiver'
import type { App } from './support/app'
import { until } from './support/eventually'
import { finderOf, leaksIn } from './support/leaks'
import { SELDOM } from './support/scheduled'
import { MINUTE, TimeMachine } from './support/timeMachine'

const TEMPLATE = 'intershop-stock-alert'
const RECEIVERS = { adminEmail: 'ops@example.com', alertWebhook: WEBHOOK_URL }
const BROKEN = { sftpPassword: 'wrong' }
const HOUR = 60 * MINUTE

let machine: TimeMachine
let app: App

beforeEach(async () => {
  machine = await TimeMachine.start({ skus: 12, settings: { ...SELDOM, ...RECEIVERS } })
  app = machine.app
  await app.idle()
})

afterEach(() => app.stop())

const mails = (): readonly Mail[] => app.sandbox.alerts.mail.mails
/** "kind state" of each alert that the webhook got. */
const told = () => app.sandbox.alerts.webhook.alerts.map(({ kind, state }) => `${kind} ${state}`)
/** The subjects of the mails, without the account. */
const subjects = () => mails().map(({ subject }) => subject.replace(/^.*?: /, ''))

const BEGUN = 'An export failed'
const OVER = 'Over: An export failed'

/** An export, and the look after it: its event is acknowledged once that is over. */
async function exportAndLook(path = 'export') {
  const report = await app.ended(await app.accepted(path))
  await app.idle()
  return report
}

async function logged(step: string) {
  const line = z.object({ data: z.looseObject({ step: z.literal(step) }) })
  return (await app.log())
    .split('\n')
    .filter((text) => text.includes(`"${step}"`))
    .map((text) => line.parse(JSON.parse(text)).data)
}

it('the template of mails is created at installation', () => {
  expect([...app.sandbox.alerts.mail.templates.keys()]).toEqual([TEMPLATE])
})

it('an outage is told once when it begins and once when it is over, by mail and webhook', async () => {
  expect((await exportAndLook()).status).toBe('completed')
  expect([subjects(), told()]).toEqual([[], []])

  await app.configure({ ...BROKEN })
  const failed = await exportAndLook()
  expect(failed.status).toBe('failed')
  expect((await exportAndLook()).status).toBe('failed')
  await machine.travel(2 * HOUR)
  expect((await exportAndLook()).status).toBe('failed')
  expect([subjects(), told()]).toEqual([[BEGUN], ['export_failed begun']])
  const [mail] = mails()
  expect(mail?.to).toBe(RECEIVERS.adminEmail)
  for (const part of ['sandbox', 'master', 'sftp_auth', failed.exportId, failed.endedAt ?? '-']) {
    expect(mail?.html).toContain(part)
  }
  expect(app.sandbox.alerts.webhook.alerts[0]).toMatchObject({
    v: 1,
    account: 'sandbox',
    workspace: 'master',
    since: failed.endedAt,
    exportId: failed.exportId,
    call: {
      method: 'GET',
      url: `https://master--sandbox.myvtex.com/_v/intershop/stock/exports/${failed.exportId}`,
    },
  })

  await app.configure({})
  for (let more = 0; more < 3; more++) {
    expect((await exportAndLook()).status).toBe('completed')
  }
  expect([subjects(), told()]).toEqual([
    [BEGUN, OVER],
    ['export_failed begun', 'export_failed over'],
  ])
})

it('what comes and goes is told at most once an hour, also where only requests come', async () => {
  await exportAndLook()
  await app.configure(BROKEN)
  await exportAndLook()
  await app.configure({})
  await exportAndLook()
  await app.configure(BROKEN)
  await exportAndLook()
  await app.configure({})
  await exportAndLook()
  expect(subjects()).toEqual([BEGUN])
  await machine.travel(HOUR)
  await app.reports()
  await until('the end to be told', () => told().length === 2 && mails().length === 2)
  expect(subjects()).toEqual([BEGUN, OVER])
})

it('begins and ends once through kills, but for one more message for a kill while it was sent', async () => {
  await exportAndLook()
  await app.configure(BROKEN)
  app.platform.faults.add({ upstream: MAIL_HOST, kind: 'slow', ms: 2_000 })
  const failing = await app.accepted('export')
  await until('the mail', () => mails().length === 1)
  await app.restartWorkers()
  app.platform.faults.clear()
  await app.ended(failing)
  await machine.travel(2 * MINUTE)
  await exportAndLook()
  await app.restartWorkers()
  await exportAndLook()
  // The first mail was never confirmed.
  expect(subjects()).toEqual([BEGUN, BEGUN])

  await machine.travel(HOUR)
  await app.configure({})
  await exportAndLook()
  await app.restartWorkers()
  await machine.travel(2 * HOUR)
  await exportAndLook()
  expect(subjects()).toEqual([BEGUN, BEGUN, OVER])
  expect(told().filter((each) => each.endsWith('over'))).toHaveLength(1)
})

it('a receiver that is down changes no export, and gets its message later', async () => {
  await exportAndLook()
  for (const upstream of [MAIL_HOST, WEBHOOK_HOST]) {
    app.platform.faults.add({ upstream, kind: 'status', status: 503 })
  }
  await app.configure(BROKEN)
  const failed = await exportAndLook()
  expect(failed.error?.code).toBe('sftp_auth')
  await app.configure({})
  expect((await exportAndLook()).status).toBe('completed')
  expect([subjects(), told()]).toEqual([[], []])
  const refused = await logged('alert.notSent')
  expect(new Set(refused.map(({ channel }) => channel))).toEqual(new Set(['mail', 'webhook']))
  expect(refused[0]).toMatchObject({ code: 'upstream_down' })

  // Meanwhile somebody deleted the template.
  app.sandbox.alerts.mail.lose(TEMPLATE)
  app.platform.faults.clear()
  await machine.travel(2 * HOUR)
  await exportAndLook()
  // It is over by now: one message says both.
  expect([subjects(), told()]).toEqual([[OVER], ['export_failed over']])
  expect([...app.sandbox.alerts.mail.templates.keys()]).toEqual([TEMPLATE])
})

it('late updates are reported where nothing runs, and once it is over', async () => {
  await exportAndLook()
  // By the machine's clock it calls nobody while this test runs.
  const minute = (new Date().getMinutes() + 30) % 60
  await app.configure({ updateSchedule: `${minute} * * * *` })
  await app.reports()
  await machine.travel(5 * HOUR)
  await app.reports()
  await until('the begin', () => told().length === 1 && mails().length === 1)
  expect([subjects(), told()]).toEqual([
    ['No successful update for three intervals'],
    ['update_late begun'],
  ])
  await machine.travel(HOUR)
  await exportAndLook('update')
  expect(told()).toEqual(['update_late begun', 'update_late over'])
})

it('an address that cannot be used is named in the log, never shown, and stops no other alert', async () => {
  const secret = 'https://hooks.example.com/services/T0/s3cretPart'
  await app.configure({ alertWebhook: secret, ...BROKEN })
  expect((await exportAndLook()).status).toBe('failed')
  expect(subjects()).toEqual([BEGUN])
  const [invalid] = await logged('alert.invalid')
  const problem = String(invalid?.problem)
  expect(problem).toContain('alertWebhook: VTEX lets this app reach only')
  expect(problem).toContain('release your own version')
  const find = finderOf(['s3cretPart', new URL(WEBHOOK_URL).pathname.split('/').at(-1) ?? ''])
  const files = (await app.written()).filter(({ path }) => !path.endsWith('webhook.jsonl'))
  expect(leaksIn(find, app.answers, files)).toEqual([])
})
