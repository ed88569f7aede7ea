import { App } from './support/app'
import { errorOf } from './support/expectations'
import type { Answer } from './support/http'
import { finderOf, leaksIn, MARK } from './support/leaks'
import { ROUTES } from './support/routes'

/** What the contract allows for a token. */
const LONGEST = 'x'.repeat(1_024)
const UNKNOWN = '20200101T000000000-0123456789ab'

const REQUESTS: [string, string][] = [
  ...ROUTES.map((route): [string, string] => ['POST', route]),
  ['GET', 'exports'],
  ['GET', `exports/${UNKNOWN}`],
  ['DELETE', `exports/${UNKNOWN}`],
]

let app: App

beforeAll(async () => {
  const settings = { token: LONGEST, previousToken: `${LONGEST}x` }
  app = await App.start({ skus: 40, settings })
})

afterAll(() => app.stop())

const send = (method: string, path: string, token: string, headers = {}) =>
  app.send(method, path, { token, headers })

/** The token was right, whether or not there is such an export. */
const isLetIn = ({ status }: Answer) => status === 200 || status === 404

describe.each(REQUESTS)('%s %s', (method, path) => {
  it('accepts the longest valid token', async () => {
    expect(isLetIn(await send(method, path, LONGEST))).toBe(true)
  })

  it.each([1_025, 8_192, 14_000])('responds 401 and no body to %i bytes', async (bytes) => {
    const answer = await send(method, path, 'x'.repeat(bytes))
    expect([answer.status, answer.body.length]).toEqual([401, 0])
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('lets node respond 431 to headers over 16 kB', async () => {
    expect((await send(method, path, 'x'.repeat(20_000))).status).toBe(431)
    const cookie = MARK.repeat(2_000)
    expect((await send(method, path, LONGEST, { cookie })).status).toBe(431)
  })

  it('accepts large headers that it does not use', async () => {
    const headers = { cookie: MARK.repeat(800), 'x-custom': MARK.repeat(300) }
    expect(isLetIn(await send(method, path, LONGEST, headers))).toBe(true)
  })

  it('ignores every query parameter', async () => {
    const query = `startId=${MARK}&sellerId=${MARK}&minutes=0&token=${MARK}&exportId=..`
    expect(isLetIn(await send(method, `${path}?${query}`, LONGEST))).toBe(true)
    expect((await send(method, `${path}?token=${LONGEST}`, 'x')).status).toBe(401)
  })
})

it('POST /export/start/:startId takes its scope from the path and ignores the query', async () => {
  const answer = await send('POST', 'export/start/2?startId=5&sellerId=7&minutes=1', LONGEST)
  const id = String(answer.headers['x-export-id'])
  const report = await send('GET', `exports/${id}`, LONGEST)
  expect(JSON.parse(report.body.toString('utf8'))).toMatchObject({ scope: { startId: 2 } })
  expect(JSON.parse(report.body.toString('utf8')).scope).toEqual({ startId: 2 })
})

describe('GET and DELETE /exports/:exportId with an invalid id', () => {
  it.each([
    ...[MARK, '..', '%2e%2e', '..%2f', '%2F', '%00', '%0d%0a', `${UNKNOWN}%00`, `${UNKNOWN}%0d%0a`],
    ...[
      `${UNKNOWN}%0A`,
      `${UNKNOWN}/`.replace('/', '%2F..'),
      UNKNOWN.toUpperCase(),
      `%20${UNKNOWN}`,
    ],
    // The digits of other alphabets, in place of the first.
    ...['%D9%A2', '%EF%BC%92', '%C2%B2'].map((digit) => digit + UNKNOWN.slice(1)),
    ...['9007199254740992', '-1', '+1', '1e3', '0x10', '01', '9'.repeat(4_000), MARK.repeat(400)],
  ])('respond 404: %s', async (id) => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await send(method, `exports/${id}`, LONGEST)
      expect([answer.status, errorOf(answer).code]).toEqual([404, 'unknown_export'])
    }
  })

  it('write neither invalid nor unknown ids to documents', async () => {
    await send('GET', `exports/${UNKNOWN}`, LONGEST)
    const texts = await app.written()
    const documents = texts.filter(({ path }) => path.includes('/vbase/'))
    expect(leaksIn(finderOf([MARK, UNKNOWN]), [], documents)).toEqual([])
  })
})

it('all responses omit token, query and invalid ids', () => {
  expect(leaksIn(finderOf([MARK, UNKNOWN, LONGEST]), app.answers, [])).toEqual([])
})
