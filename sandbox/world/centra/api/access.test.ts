import { CENTRA_PATH } from './listener'
import { CentraTestServer } from './test-server'

let centra: CentraTestServer

beforeEach(async () => {
  centra = await CentraTestServer.start()
})
afterEach(() => centra.stop())

describe('GET /stock', () => {
  it('serves no other path', async () => {
    const paths = ['/', '/api/order-api', `${CENTRA_PATH}s`, `${CENTRA_PATH}//`, '/api/other/stock']
    for (const path of paths) {
      expect((await centra.fetch('', undefined, { path })).status).toBe(404)
    }
    expect((await centra.fetch('', undefined, { method: 'POST' })).status).toBe(405)
  })

  it('accepts a trailing slash, as in its example', async () => {
    const response = await centra.fetch('?limit=2', undefined, { path: `${CENTRA_PATH}/` })
    expect([response.status, await response.json()]).toEqual([200, await centra.get('?limit=2')])
  })

  it.each([
    ['API-Authorization', 'a-token', 200],
    ['Authorization', 'Bearer a-token', 200],
    ['API-Authorization', 'another', 401],
    ['Authorization', 'a-token', 401],
    ['Authorization', 'Bearer another', 401],
    ['X-Token', 'a-token', 401],
  ])('responds to %s: %s with %i', async (name, value, status) => {
    expect((await centra.fetch('?limit=1', { [name]: value })).status).toBe(status)
  })
})

it.each([
  ['any', 200, 200],
  ['api-authorization', 200, 401],
  ['bearer', 401, 200],
] as const)('GET /stock with auth %s responds %i and %i', async (auth, own, bearer) => {
  centra.set({ auth })
  expect((await centra.fetch('', { 'API-Authorization': 'a-token' })).status).toBe(own)
  expect((await centra.fetch('', { Authorization: 'Bearer a-token' })).status).toBe(bearer)
})

it.each([
  ['html', /^text\/html/, '<!DOCTYPE html>'],
  ['json', /^application\/json/, '{"status"'],
] as const)('a path unknown to Centra gets its 404 in %s', async (notFound, type, beginning) => {
  centra.set({ notFound })
  const response = await centra.fetch('', undefined, { path: '/api/order-api/orders' })
  expect([response.status, response.headers.get('content-type')]).toEqual([
    404,
    expect.stringMatching(type),
  ])
  expect((await response.text()).startsWith(beginning)).toBe(true)
})

describe('GET /centra/calls counts requests', () => {
  it('by parameter names, and by the values of include, exclude and xml', async () => {
    await centra.get({ stock_modified: '2026-01-01', limit: '2', exclude: 'physicalStock' })
    await centra.get({
      limit: '5',
      exclude: 'physicalStock',
      stock_modified: '2026-01-02 10:00:00',
    })
    await centra.get('?page=2&limit=2')
    await centra.get({ limit: 'x' })
    await centra.get()
    expect(centra.company.calls.of('exclude=physicalStock&limit&stock_modified')).toBe(2)
    expect(centra.company.calls.all()).toEqual({
      total: 5,
      byShape: {
        'exclude=physicalStock&limit&stock_modified': 2,
        'limit&page': 1,
        limit: 1,
        '': 1,
      },
      latest: [
        'stock_modified=2026-01-01&limit=2&exclude=physicalStock',
        'limit=5&exclude=physicalStock&stock_modified=2026-01-02+10%3A00%3A00',
        'page=2&limit=2',
        'limit=x',
        '',
      ],
    })
  })

  it('with a valid token only, and from 0 after a reset', async () => {
    await centra.fetch('', {})
    await centra.fetch('', undefined, { path: '/' })
    expect(centra.company.calls.all().total).toBe(0)
    centra.set({ switchedOff: true })
    await centra.fetch('')
    expect(centra.company.calls.all().total).toBe(1)
    centra.company.calls.reset()
    expect(centra.company.calls.all()).toEqual({ total: 0, byShape: {}, latest: [] })
  })
})
