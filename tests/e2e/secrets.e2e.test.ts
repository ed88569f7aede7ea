import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { until } from './support/eventually'

/** Recognisable, whatever is done to them on their way. */
const SECRETS = {
  token: 'SECRET-token-5b1f',
  previousToken: 'SECRET-previous-77c0',
  sftpPassword: 'SECRET-password-90ad',
  sftpPrivateKey: 'SECRET-key-c4e2',
  sftpPassphrase: 'SECRET-passphrase-1d3e',
}
const GIVEN = 'SECRET-given-e8a6'
const UPSTREAM = 'SECRET-upstream-b9d4'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 40 })
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

const { token } = SECRETS

/** All that anybody gets to see: the log, and every answer with its headers. */
async function everythingSaid() {
  await app.idle()
  const list = await app.send('GET', 'exports', { token })
  const answers = [...app.answers, list].map(
    ({ headers, body }) => `${JSON.stringify(headers)} ${body.toString('utf8')}`
  )
  return [await app.log(), ...answers].join('\n')
}

async function failedExport() {
  const id = await app.accepted('export', { token })
  await until('a failed export', async () => {
    const answer = await app.send('GET', `exports/${id}`, { token })
    return answer.body.includes('"status":"failed"')
  })
}

/** Provokes failures at every place that holds a secret or is told one. */
async function fail() {
  const { sftpPrivateKey, sftpPassphrase, ...passwords } = SECRETS
  const everywhere = { headers: { 'x-secret': UPSTREAM, 'set-cookie': UPSTREAM }, body: UPSTREAM }
  const { faults, replicas } = app.platform

  await app.configure(SECRETS)
  await failedExport()
  await app.configure({ sftpPrivateKey, sftpPassphrase, ...passwords, sftpPort: UPSTREAM })
  await failedExport()
  await app.configure(passwords)
  await failedExport()
  for (const upstream of [COMMERCE_HOST, 'vbase', 'courier', 'apps']) {
    faults.add({ upstream, kind: 'status', status: 401, times: 3, ...everywhere })
    faults.add({ upstream, kind: 'status', status: 500, times: 3, ...everywhere })
    faults.add({ upstream, kind: 'reset', times: 3 })
    if (upstream === 'apps') {
      replicas.killAll()
      await replicas.allUp()
    }
    for (const path of ['export', 'update', 'export/seller/abc', 'export/start/2']) {
      await app.post(path, { token })
      await app.post(path, { token: GIVEN, headers: { authorization: GIVEN, cookie: GIVEN } })
      await app.post(path, { token, body: GIVEN.repeat(2_000) })
    }
    faults.clear()
  }
}

it('no secret and no text of an upstream is in any log line, report or answer', async () => {
  await fail()
  const said = await everythingSaid()
  // What was provoked did happen.
  for (const seen of ['sftp_auth', 'sftpPort', 'export.ended', 'request.failed', '401']) {
    expect(said).toContain(seen)
  }
  const lines = said.split('\n').filter((line) => line.includes('SECRET'))
  expect(lines.map((line) => line.slice(0, 500))).toEqual([])
  expect(said).not.toContain(app.platform.credential)
})
