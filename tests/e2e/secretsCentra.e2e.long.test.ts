import { UPSTREAMS } from '../../sandbox/faults/upstreams'
import type { FaultRule } from '../../sandbox/platform'
import { DEFAULT_BEHAVIOUR } from '../../sandbox/world/centra/behaviour'
import { SFTP_PASSWORD } from '../../sandbox/world/intershop/intershop'
import type { App } from './support/app'
import { centraIn, companyOf } from './support/centra'
import { until } from './support/eventually'
import { MARK, secret } from './support/leaks'
import { Watched } from './support/watched'

/** No header can carry what is not ASCII. */
const TOKEN = secret('centraToken').slice(0, -1)

type Fault = Omit<FaultRule, 'upstream'>

let watched: Watched
let app: App

beforeAll(async () => {
  watched = await Watched.start()
  app = watched.app
  await watched.configure({ sftpPassword: SFTP_PASSWORD, centraToken: TOKEN })
})

afterAll(() => app.stop())

afterEach(async () => {
  Object.assign(companyOf(app).behaviour, DEFAULT_BEHAVIOUR)
  expect(await watched.leaksSoFar()).toEqual([])
})

const headers = {
  'set-cookie': `a=${MARK}`,
  'x-secret': MARK,
  'www-authenticate': `Bearer realm="${TOKEN}"`,
  'retry-after': MARK,
}
const answer = (status: number, body: string, more: Record<string, string> = {}): Fault => ({
  ...{ kind: 'status', status, body },
  headers: { ...headers, 'content-type': 'application/json', ...more },
})
/** What a server may say that repeats what it was shown. */
const echo = (words: object) => JSON.stringify({ status: 'no', ...words })
const row = { stockItemId: 1, sku: 'A', variantSku: '', active: 1, availableStock: TOKEN }
const page = (more: object = {}) => JSON.stringify({ status: 'ok', products: [row], ...more })

/** Ends an export at once. */
const REFUSALS: [string, Fault][] = [
  ...[400, 401, 403, 404].map((status): [string, Fault] => [
    `answers ${status} and repeats the token`,
    answer(status, echo({ msg: `no such token: ${TOKEN}` })),
  ]),
  [
    'redirects to an address with the token',
    answer(302, '', { location: `https://${MARK}.example/?${TOKEN}` }),
  ],
  ['has the endpoint switched off', answer(403, `{"status":"Not Allowed","msg":"${TOKEN}"}`)],
]

/** Tried again. */
const FAULTS: [string, Fault][] = [
  ...[429, 500, 503].map((status): [string, Fault] => [
    `answers ${status} and repeats the token`,
    answer(status, echo({ msg: `not now, ${TOKEN}` })),
  ]),
  ['says no, with the token in a text', answer(200, echo({ msg: `by ${TOKEN}, ${TOKEN}` }))],
  ['says no, with the token in an object', answer(200, echo({ msg: { [TOKEN]: [TOKEN] } }))],
  [
    'says no, with the token in its errors',
    answer(200, echo({ code: TOKEN, errors: { a: TOKEN } })),
  ],
  ['says no, with the token in a list', answer(200, echo({ errorMessages: [`${TOKEN}`] }))],
  ['has the token for a status', answer(200, JSON.stringify({ status: TOKEN }))],
  ['answers broken JSON', answer(200, `{"${MARK}": "${TOKEN}", `)],
  ['answers a page', answer(200, `<html>${TOKEN}</html>`)],
  ['answers XML with the token', answer(200, `<r><status>no</status><msg>${TOKEN}</msg></r>`)],
  ['links to the token', answer(200, page({ next: TOKEN }))],
  ['breaks off', { kind: 'reset' }],
  ['breaks off half-way', { kind: 'truncated' }],
]

const befall = (fault: Fault) => app.platform.faults.add({ ...UPSTREAMS.centra, ...fault })

describe('secrets with a Centra', () => {
  it.each(REFUSALS)('%s', async (_, fault) => {
    befall(fault)
    const report = await watched.exported()
    expect([report.status, centraIn(report).error?.code]).toEqual([
      'completedWithErrors',
      'upstream_refused',
    ])
  })

  it('stay hidden if it rejects the token, in either header', async () => {
    for (const centraAuth of ['api-authorization', 'bearer']) {
      await watched.configure({ sftpPassword: SFTP_PASSWORD, centraToken: TOKEN, centraAuth })
      const report = await watched.exported('update')
      expect(centraIn(report).error?.message).toMatch(/401.*credentials/)
    }
  })

  it.each(FAULTS)('%s', async (_, fault) => {
    befall(fault)
    const id = await watched.accepted()
    await until('a failed attempt', async () => {
      return (await app.platform.vbase.files('attempts', id)).length > 0
    })
    await watched.look()
    expect((await watched.ask('DELETE', `exports/${id}`)).status).toBe(202)
    await watched.ended(id)
  })

  it('stay hidden if it returns rows that contain the token', async () => {
    befall(answer(200, page()))
    const report = await watched.exported()
    expect(report.failures).toContainEqual(
      expect.objectContaining({ rowId: 1, code: 'centra_row' })
    )
  })
})
