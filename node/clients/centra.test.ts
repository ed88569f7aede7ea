import { gzipSync } from 'zlib'
import {
  CREDENTIAL,
  clientOf,
  PAGE,
  ROW,
  ScriptedServer,
  TOKEN,
  xml,
} from '../../tests/centra/scriptedServer'
import type { StockParameters } from './centra'

const server = new ScriptedServer()
const { asked } = server

beforeAll(() => server.start())
afterAll(() => server.stop())
beforeEach(() => server.answers(200, PAGE, { 'content-type': 'application/json' }))

const stock = (parameters: StockParameters = {}, from?: string, given = server.access) =>
  clientOf().centra.stock(given, parameters, from)

describe('Centra.stock', () => {
  it('GETs /stock below centraUrl, and parses the page', async () => {
    expect(await stock()).toEqual({
      rows: [{ ...ROW, active: true }],
      next: '?limit=2&page=2',
      previous: undefined,
    })
    expect(asked).toMatchObject([{ method: 'GET', path: '/api/order-api/stock', query: {} }])
  })

  it.each<[StockParameters, Record<string, string>]>([
    [{ sku: 'DCG 001&x=ö' }, { sku: 'DCG 001&x=ö' }],
    [{ modified: '2016-01-01 12:10:11' }, { modified: '2016-01-01 12:10:11' }],
    [{ stock_modified: '2016-01-01' }, { stock_modified: '2016-01-01' }],
    [{ created: '2011-01-01' }, { created: '2011-01-01' }],
    [{ ean: '1234567890123' }, { ean: '1234567890123' }],
    [{ productId: 10 }, { productId: '10' }],
    [{ variantId: 9 }, { variantId: '9' }],
    [{ stockItemId: 3131 }, { stockItemId: '3131' }],
    [{ limit: 2 }, { limit: '2' }],
    [{ include: 'attributes' }, { include: 'attributes' }],
    [{ exclude: 'physicalStock' }, { exclude: 'physicalStock' }],
    [{ xml: true }, { xml: 'true' }],
    [{ xml: false, sku: undefined }, {}],
    [
      { sku: 'a', limit: 5, exclude: 'physicalStock' },
      { sku: 'a', limit: '5', exclude: 'physicalStock' },
    ],
  ])('sends the query %j', async (parameters, query) => {
    await stock(parameters)
    expect(asked[0]?.query).toEqual(query)
  })

  it("adds the filters to the query of a page, and keeps the page's limit", async () => {
    const parameters = {
      limit: 500,
      exclude: 'physicalStock',
      stock_modified: '2026-01-01',
    } as const
    await stock(parameters, '?stock_modified=1999-01-01&limit=2&page=3')
    expect(asked[0]?.query).toEqual({
      ...{ limit: '2', page: '3' },
      ...{ exclude: 'physicalStock', stock_modified: '2026-01-01' },
    })
  })

  it('sends the token as API-Authorization or as a bearer token', async () => {
    await stock()
    await stock({}, undefined, { ...server.access, auth: 'bearer' })
    const shown = asked.map(({ headers }) => [headers['api-authorization'], headers.authorization])
    expect(shown).toEqual([
      [TOKEN, undefined],
      [undefined, `Bearer ${TOKEN}`],
    ])
  })

  it("sends plain http with the app's credential to VTEX's egress, and asks it for https", async () => {
    await stock()
    await stock({}, undefined, {
      ...server.access,
      url: server.access.url.replace('http:', 'https:'),
    })
    expect(asked.map(({ headers }) => headers['x-vtex-use-https'])).toEqual([undefined, 'true'])
    expect(asked.map(({ headers }) => headers['proxy-authorization'])).toEqual([
      CREDENTIAL,
      CREDENTIAL,
    ])
  })

  it('sends a request each time, also with the same client', async () => {
    const { centra } = clientOf()
    await centra.stock(server.access, {})
    server.answers(200, '{"status":"ok","products":[]}')
    expect((await centra.stock(server.access, {})).rows).toEqual([])
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['compressed', gzipSync(PAGE), { 'content-encoding': 'gzip' }],
    ['with a byte order mark', `\ufeff${PAGE}`, {}],
    ['as another type', PAGE, { 'content-type': 'text/html' }],
    ['in XML unasked', xml('<products/>'), {}],
    ['in XML after blanks', `\n ${xml('<products/>')}`, { 'content-type': 'application/json' }],
  ])('reads a response %s', async (_, body, headers) => {
    server.answers(200, body, headers as Record<string, string>)
    expect(await stock()).toHaveProperty('rows')
  })
})
