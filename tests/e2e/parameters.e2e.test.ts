import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { cacheable, errorOf, statusesSeen } from './support/expectations'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 40 })
})

afterAll(() => app.stop())

/** Path segments as they go over the wire that are no positive integer. */
const NO_INTEGERS = [
  ...['abc', '-1', '0', '00', '01', '1.5', '1.0', '1e3', '0x10', '+1', '1,000', '1_000'],
  ...[
    'NaN',
    'Infinity',
    'null',
    'undefined',
    'true',
    '[1]',
    '{}',
    "1'--",
    '1;2',
    '*',
    '..',
    '1..2',
  ],
  ...['9007199254740992', '1152921504606846976', '9'.repeat(400)],
  // A NUL, dots, a slash inside its segment, blanks, line ends, escapes that are none, and an escaped escape.
  ...['%00', '1%00', '%2e%2e', '%2F', '1%2F2', '%20', '1%20', '%201', '1%0A', '%', '%zz', '%2531'],
  // Digits of other alphabets, a joined emoji, half a UTF-8 character.
  ...['%D9%A1%D9%A2', '%EF%BC%91', '%E0%A5%A7', '%C2%B2', '%F0%9F%A7%A6', '%E2%82'],
]

/** Path segments that are neither a positive integer nor the name of a seller. */
const NO_SELLERS = [
  ...['-1', '0', '01', '1.5', '+1', '1x', '_x', '-x', 'a.b', 'a,b', "a'b", 'a*', '..', '1..2'],
  ...['9007199254740992', '1152921504606846976', 'x'.repeat(101)],
  ...['%00', 'a%00', '%2e%2e', 'a%2Fb', '%20', 'na%20me', 'abc%0A', '%zz', '%C3%A5bo', '%E2%82'],
  ...['%D9%A1%D9%A2', '%EF%BC%91', '%F0%9F%A7%A6', '%3Cb%3E'],
]

const LONG = [...NO_INTEGERS, '43201', '99999999']

async function refusals(parameter: string, paths: readonly string[]) {
  const before = await app.reports()
  const told = await Promise.all(
    paths.map(async (path) => {
      const answer = await app.post(path)
      if (answer.status !== 400) return `${path}: ${answer.status}`
      const { code, message } = errorOf(answer)
      const named = code === `invalid_${parameter}` && message.startsWith(`${parameter}: expected`)
      return named ? undefined : `${path}: ${code}, ${message}`
    })
  )
  expect((await app.reports()).length).toBe(before.length)
  return told.filter((wrong) => wrong !== undefined)
}

describe('400 with what was expected, naming the parameter, and nothing is accepted', () => {
  it.each<[string, readonly string[], (value: string) => string]>([
    ['startId', NO_INTEGERS, (value) => `export/start/${value}`],
    ['minutes', LONG, (value) => `export/time/${value}`],
    ['minutes', LONG, (value) => `export/seller/1/time/${value}`],
    ['sellerId', NO_SELLERS, (value) => `export/seller/${value}`],
    ['sellerId', NO_SELLERS, (value) => `export/seller/${value}/time/60`],
  ])('%s', async (parameter, values, path) => {
    expect(await refusals(parameter, values.map(path))).toEqual([])
  })

  it('says that only a known token may learn this', async () => {
    const answer = await app.post('export/start/abc', { token: 'wrong' })
    expect([answer.status, answer.body.length]).toEqual([401, 0])
  })
})

it.each([
  ['export/start/9007199254740991', { startId: Number.MAX_SAFE_INTEGER }],
  ['export/start/%31%30', { startId: 10 }],
  ['export/time/1', { minutes: 1 }],
  ['export/time/43200', { minutes: 43_200 }],
  ['export/seller/31', { sellerId: '31' }],
  ['export/seller/nordicshop', { sellerId: 'nordicshop' }],
  ['export/seller/Fjall-Butik_2/time/5', { sellerId: 'Fjall-Butik_2', minutes: 5 }],
])('%s is accepted', async (path, scope) => {
  expect((await app.report(await app.accepted(path))).scope).toEqual(scope)
})

describe('a seller that the seller list does not have', () => {
  it.each(['abc', '999', 'NORDICSHOP', 'x'.repeat(100), '9007199254740991'])(
    'is answered 404: %s',
    async (seller) => {
      const before = await app.reports()
      for (const path of [`export/seller/${seller}`, `export/seller/${seller}/time/60`]) {
        const answer = await app.post(path)
        expect([answer.status, errorOf(answer).code]).toEqual([404, 'unknown_seller'])
        expect(errorOf(answer).message).toMatch(/^sellerId: .*seller list/)
      }
      expect((await app.reports()).length).toBe(before.length)
    }
  )

  it.each([
    ['403', { kind: 'status', status: 403, body: 'no role' }],
    ['another form', { kind: 'status', status: 200, body: '{"items":{}}' }],
    ['nothing at all', { kind: 'timeout' }],
    ['429 and a long pause', { kind: 'status', status: 429, headers: { 'retry-after': '50' } }],
  ] as const)('is accepted while the list answers %s', async (_, fault) => {
    const path = '/api/seller-register/'
    const rule = app.platform.faults.add({ upstream: COMMERCE_HOST, path, ...fault })
    const answer = await app.post('export/seller/abc')
    app.platform.faults.remove(rule)
    expect([answer.status, answer.body.length]).toEqual([200, 0])
    const report = await app.ended(String(answer.headers['x-export-id']))
    expect([report.status, report.offers.sent]).toEqual(['failed', 0])
    expect(report.error?.message).toContain('seller abc')
  })
})

it('no answer may be kept by a cache', () => {
  expect(statusesSeen(app)).toEqual([200, 400, 401, 404])
  expect(cacheable(app)).toEqual([])
})
