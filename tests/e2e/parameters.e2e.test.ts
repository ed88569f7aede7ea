import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { cacheable, errorOf, statusesSeen } from './support/expectations'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 40 })
})

afterAll(() => app.stop())

/** Path segments as they go over the wire that are no integer from 0 on. */
const NO_INTEGERS = [
  ...['abc', '-1', '00', '01', '1.5', '1.0', '1e3', '0x10', '+1', '1,000', '1_000'],
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
  ...['9007199254740992', '1152921504606846976', '9'.repeat(400), '1'.repeat(4_000)],
  // A NUL, dots, a slash inside its segment, blanks, line ends, escapes that are none, and an escaped escape.
  ...['%00', '1%00', '%2e%2e', '%2F', '1%2F2', '%20', '1%20', '%201', '1%0A', '%', '%zz', '%2531'],
  ...['..%2f', '..%2f..%2flease%2fline', '%2e%2e%2f1', '%0d%0a', '1%0d%0a', '%0d%0a1', '1%09'],
  // Digits of other alphabets, a joined emoji, half a UTF-8 character.
  ...['%D9%A1%D9%A2', '%EF%BC%91', '%E0%A5%A7', '%C2%B2', '%F0%9F%A7%A6', '%E2%82'],
  // A sign of another kind, a power of ten, other ways to write numbers that Number() takes.
  ...['%E2%88%921', '1E3', '0b1', '0o7', '1n', '-0', '%2B1', '.5', '5.'],
]

/** Path segments that cannot be the id of a seller. */
const NO_SELLERS = [
  ...['+1', 'a,b', "a'b", 'a*', '.', '..', '...', '-', '_', 'a~b', 'a:b', 'a@b', 'a;b', '{}'],
  ...['x'.repeat(101), 'x'.repeat(4_000)],
  ...['%00', 'a%00', '%2e%2e', 'a%2Fb', '%20', 'na%20me', 'abc%0A', '%zz', '%C3%A5bo', '%E2%82'],
  ...['%D9%A1%D9%A2', '%EF%BC%91', '%F0%9F%A7%A6', '%3Cb%3E'],
  ...['..%2f', '..%2f..%2flease%2fline', 'a%0d%0a', '%0d%0aabc', 'a%09', '1'.repeat(4_000)],
]

const LONG = [...NO_INTEGERS, '0', '43201', '99999999']

/** The same words whatever was given, so that nothing of it comes back. */
const EXPECTED: Record<string, string> = {
  startId: 'startId: expected a whole number from 0 to 9007199254740991',
  minutes: 'minutes: expected a whole number from 1 to 43200',
  sellerId:
    'sellerId: expected the id of a VTEX seller (letters, digits, _, - and ., 100 characters at most)',
}

/** The documents in VBase. */
async function documents() {
  const paths = (await app.written()).map(({ path }) => path)
  return paths.filter((path) => path.includes('/vbase/')).sort()
}

async function refusals(parameter: string, paths: readonly string[]) {
  await app.idle()
  const before = await documents()
  const told = await Promise.all(
    paths.map(async (path) => {
      const answer = await app.post(path)
      if (answer.status !== 400) return `${path}: ${answer.status}`
      const { code, message } = errorOf(answer)
      const named = code === `invalid_${parameter}` && message === EXPECTED[parameter]
      return named ? undefined : `${path}: ${code}, ${message}`
    })
  )
  expect(await documents()).toEqual(before)
  return told.filter((wrong) => wrong !== undefined)
}

describe('POST routes with an invalid parameter', () => {
  it.each<[string, readonly string[], (value: string) => string]>([
    ['startId', NO_INTEGERS, (value) => `export/start/${value}`],
    ['minutes', LONG, (value) => `export/time/${value}`],
    ['minutes', LONG, (value) => `export/seller/1/time/${value}`],
    ['sellerId', NO_SELLERS, (value) => `export/seller/${value}`],
    ['sellerId', NO_SELLERS, (value) => `export/seller/${value}/time/60`],
  ])('respond 400 with the expected %s, and accept nothing', async (parameter, values, path) => {
    expect(await refusals(parameter, values.map(path))).toEqual([])
  })

  it('respond 401 instead of 400 to an invalid token', async () => {
    const answer = await app.post('export/start/abc', { token: 'wrong' })
    expect([answer.status, answer.body.length]).toEqual([401, 0])
  })
})

it.each([
  ['export/start/9007199254740991', { startId: Number.MAX_SAFE_INTEGER }],
  ['export/start/%31%30', { startId: 10 }],
  ['export/start/0', { startId: 0 }],
  ['export/time/1', { minutes: 1 }],
  ['export/time/43200', { minutes: 43_200 }],
  ['export/seller/31', { sellerId: '31' }],
  ['export/seller/nordicshop', { sellerId: 'nordicshop' }],
  ['export/seller/Fjall-Butik_2/time/5', { sellerId: 'Fjall-Butik_2', minutes: 5 }],
])('POST /%s responds 200', async (path, scope) => {
  expect((await app.report(await app.accepted(path))).scope).toEqual(scope)
})

describe('POST /export/seller/:sellerId for an unregistered seller', () => {
  it.each([
    ...['abc', '999', 'NORDICSHOP', 'x'.repeat(100), '9007199254740992', '01'],
    ...['3dshop', 'shop.pl', '_x', '-1', '1.5'],
  ])('responds 404: %s', async (seller) => {
    const before = await app.reports()
    for (const path of [`export/seller/${seller}`, `export/seller/${seller}/time/60`]) {
      const answer = await app.post(path)
      expect([answer.status, errorOf(answer).code]).toEqual([404, 'unknown_seller'])
      expect(errorOf(answer).message).toMatch(/^sellerId: .*seller list/)
    }
    expect((await app.reports()).length).toBe(before.length)
  })

  it.each([
    ['403', { kind: 'status', status: 403, body: 'no role' }],
    ['another form', { kind: 'status', status: 200, body: '{"items":{}}' }],
    ['nothing at all', { kind: 'timeout' }],
    ['429 and a long pause', { kind: 'status', status: 429, headers: { 'retry-after': '50' } }],
  ] as const)('responds 200 while the seller list returns %s', async (_, fault) => {
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

it('all responses forbid caching', () => {
  expect(statusesSeen(app)).toEqual([200, 400, 401, 404])
  expect(cacheable(app)).toEqual([])
})
