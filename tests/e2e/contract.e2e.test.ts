import { brotliCompressSync, gzipSync } from 'zlib'

import { App, STOCK } from './support/app'
import { cacheable, endsInTheLog, errorOf, statusesSeen } from './support/expectations'
import { ROUTES } from './support/routes'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 40 })
})

afterAll(() => app.stop())

describe.each(ROUTES)('POST %s', (route) => {
  it('responds 200 with zero bytes and the location of the report', async () => {
    const answer = await app.post(route)
    expect([answer.status, answer.body.length]).toEqual([200, 0])
    const id = String(answer.headers['x-export-id'])
    expect(answer.headers.location).toBe(`${STOCK}/exports/${id}`)
    expect((await app.report(id)).exportId).toBe(id)
  })

  it.each([
    ['no token', null],
    ['a wrong token', 'wrong'],
    ['an empty token', ''],
    ['the beginning of the token', 'sandbox-toke'],
    ['the token and more', 'sandbox-token-'],
    ['the token in capitals', 'SANDBOX-TOKEN'],
  ])('responds 401 with zero bytes to %s', async (_, token) => {
    const answer = await app.post(route, { token })
    expect([answer.status, answer.body.length]).toEqual([401, 0])
    expect(answer.headers['x-export-id']).toBeUndefined()
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'responds 405 with the allowed method to %s',
    async (verb) => {
      const answer = await app.send(verb, route)
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST'])
      expect(errorOf(answer).code).toBe('method_not_allowed')
    }
  )

  it('responds 405 without a body to HEAD', async () => {
    const answer = await app.send('HEAD', route)
    expect([answer.status, answer.headers.allow, answer.body.length]).toEqual([405, 'POST', 0])
  })
})

it('GET /export responds the same with and without a token', async () => {
  const answers = [
    await app.send('GET', 'export', { token: null }),
    await app.send('GET', 'export'),
  ]
  const [without, withToken] = answers.map(({ status, body }) => ({ status, body: String(body) }))
  expect(without).toEqual(withToken)
})

describe('a request body', () => {
  const JSON_TYPE = { 'content-type': 'application/json' }
  it.each<[string, Record<string, string>, string | Buffer]>([
    ['the {} of the scheduler', JSON_TYPE, '{}'],
    ['an empty one that calls itself JSON', JSON_TYPE, ''],
    ['JSON cut short', JSON_TYPE, '{"startId":'],
    ['parameters that are none of its business', JSON_TYPE, '{"sellerId":"2","startId":"x"}'],
    ['junk', { 'content-type': 'text/plain; charset=none' }, Buffer.from([0xff, 0, 0xc3, 0x28])],
    ['a form', { 'content-type': 'multipart/form-data' }, '--x\r\n'],
    ['16 kB', JSON_TYPE, 'x'.repeat(16_384)],
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync('{}')],
    ['little that unzips to 5 MB', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(5e6))],
    ['what is not the gzip that it says', { 'content-encoding': 'gzip' }, 'not gzip'],
    ['br', { 'content-encoding': 'br' }, brotliCompressSync('{}')],
    ['zstd', { 'content-encoding': 'zstd' }, Buffer.from('28b52ffd0402110000', 'hex')],
    ['an encoding that nobody knows', { 'content-encoding': 'pigeon, gzip' }, '{}'],
  ])('gets read and ignored: %s', async (_, headers, body) => {
    const answer = await app.post('export', { headers, body })
    expect([answer.status, answer.body.length]).toEqual([200, 0])
  })

  it.each<[string, Record<string, string>, Buffer]>([
    ['a byte more than 16 kB', {}, Buffer.alloc(16_385)],
    ['5 MB', {}, Buffer.alloc(5_000_000)],
    ['the same in br', { 'content-encoding': 'br' }, Buffer.alloc(16_385)],
  ])('gets a 413 response if it is too large: %s', async (_, headers, body) => {
    const before = await app.reports()
    const answer = await app.post('export/start/2', { headers, body })
    expect([answer.status, errorOf(answer).code]).toEqual([413, 'body_too_large'])
    expect((await app.reports()).length).toBe(before.length)
  })
})

describe('the token settings', () => {
  const statuses = async (...tokens: (string | null)[]) => {
    const answers = await Promise.all(tokens.map((token) => app.post('export', { token })))
    return answers.map(({ status }) => status)
  }

  it('accept the previous token beside the new one until it is cleared', async () => {
    await app.configure({ token: 'the-new-one', previousToken: 'sandbox-token' })
    expect(await statuses('the-new-one', 'sandbox-token', 'other')).toEqual([200, 200, 401])
    await app.configure({ token: 'the-new-one', previousToken: '' })
    expect(await statuses('the-new-one', 'sandbox-token', '')).toEqual([200, 401, 401])
  })

  it('report a token that no header can carry wherever the previous token is accepted', async () => {
    const token = 'schlüssel-🔑'
    await app.configure({ token, previousToken: 'sandbox-token' })
    const utf8 = Buffer.from(token).toString('latin1')
    expect(await statuses('sandbox-token', utf8)).toEqual([200, 401])
    const report = await app.exported('update')
    expect([report.status, report.error?.code]).toEqual(['failed', 'settings_invalid'])
    expect(report.error?.message).toMatch(/token: expected at most 1,024 ASCII characters/)
    expect(await endsInTheLog(app)).toContain('failed: error')
    const { update, full } = await app.schedules()
    expect([update.status, full.status]).toEqual(['invalid', 'invalid'])
  })

  it('log a token that no header can carry, at most once per replica', async () => {
    const before = (await app.log()).split('token.invalid').length
    await app.live(600_000)
    await app.configure({ token: 'schlüssel', previousToken: '' })
    expect(await statuses('sandbox-token', 'schl', 'schlÃ¼ssel')).toEqual([401, 401, 401])
    const log = await app.log()
    const told = log.split('\n').filter((line) => line.includes('token.invalid'))
    const times = told.length - (before - 1)
    expect(times).toBeGreaterThanOrEqual(1)
    expect(times).toBeLessThanOrEqual(app.platform.replicas.pids().length)
    expect(told.at(-1)).toContain('token: expected at most 1,024 ASCII characters')
    expect(log).not.toContain('schl')
  })

  it.each([
    ['empty', ''],
    ['blank', '   '],
    ['absent', undefined],
    ['no text', 42],
  ])('reject every request with 401 while token is %s', async (_, token) => {
    await app.configure({ token, previousToken: token })
    const given = [null, '', 'sandbox-token', 'undefined', 'null', '42', '   ']
    expect(await statuses(...given)).toEqual(given.map(() => 401))
    for (const route of ROUTES) {
      const answer = await app.post(route)
      expect([route, answer.status, answer.body.length]).toEqual([route, 401, 0])
    }
  })
})

it('all responses forbid caching', () => {
  expect(statusesSeen(app)).toEqual([200, 401, 405, 413])
  expect(cacheable(app)).toEqual([])
})
