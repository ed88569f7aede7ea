import { XMLParser } from 'fast-xml-parser'
import { CentraTestServer } from './test-server'

let centra: CentraTestServer

beforeEach(async () => {
  centra = await CentraTestServer.start()
})
afterEach(() => centra.stop())

describe('the behaviour nextFilters', () => {
  const query = { stock_modified: '2024-02-01 08:00:00', exclude: 'physicalStock', limit: '5' }

  it('dropped: links contain only limit and page', async () => {
    expect((await centra.get({ ...query, page: '2' })).next).toBe('?limit=5&page=3')
  })

  it('kept: links contain the other parameters too', async () => {
    centra.set({ nextFilters: 'kept' })
    const { previous, next } = await centra.get({ ...query, page: '2' })
    const linked = (link = '') => Object.fromEntries(new URLSearchParams(link))
    expect(linked(previous)).toEqual({ ...query, page: '1' })
    expect(linked(next)).toEqual({ ...query, page: '3' })
    const pages = await centra.pages(query)
    expect(pages.flat()).toEqual(await centra.ids({ stock_modified: query.stock_modified }))
  })
})

describe('the behaviour nextLoops', () => {
  it('self: `next` leads to the page itself', async () => {
    centra.set({ nextLoops: 'self' })
    expect((await centra.get({ limit: '20', page: '2' })).next).toBe('?limit=20&page=2')
  })

  it('first links the last page to the first', async () => {
    centra.set({ nextLoops: 'first' })
    expect((await centra.get({ limit: '20', page: '2' })).next).toBe('?limit=20&page=3')
    expect((await centra.get({ limit: '20', page: '3' })).next).toBe('?limit=20&page=1')
  })
})

it('limit ignored: returns all rows without links', async () => {
  centra.set({ limit: 'ignored' })
  const response = await centra.get({ limit: '2', page: '3' })
  expect(response.products).toHaveLength(50)
  expect(response).not.toHaveProperty('next')
})

describe('the behaviour format', () => {
  it('xml: returns XML for JSON requests, also for errors', async () => {
    centra.set({ format: 'xml' })
    const parse = (text: string) => new XMLParser().parse(text)
    const text = async (query: string) => (await centra.fetch(query)).text()
    expect(parse(await text('?limit=2')).response).toMatchObject({
      status: 'ok',
      products: { product: [{}, {}] },
      next: '?limit=2&page=2',
    })
    expect(parse(await text('?limit=0')).response).toMatchObject({ status: 'no' })
  })

  it('json: returns JSON for XML requests', async () => {
    centra.set({ format: 'json' })
    expect(await centra.get({ xml: '1', limit: '1' })).toMatchObject({ status: 'ok' })
  })
})

describe('message: form of an error', () => {
  const message = 'limit: expected an integer'

  it.each([
    ['text', { status: 'no', msg: message }],
    ['object', { status: 'no', msg: { limit: message }, code: 400, errors: { limit: message } }],
    ['list', { status: 'no', errorMessages: [message] }],
    ['none', { status: 'no' }],
  ] as const)('%s sets the form of an error', async (form, content) => {
    centra.set({ message: form })
    const response = await centra.fetch('?limit=x')
    expect(response.status).toBe(200)
    expect(JSON.parse(await response.text())).toEqual(content)
  })
})

it('fails: returns status `no` with 200', async () => {
  centra.set({ fails: true })
  const response = await centra.fetch('')
  expect([response.status, await response.json()]).toEqual([
    200,
    { status: 'no', msg: 'Something went wrong' },
  ])
})

it('switchedOff: responds 403 `Not Allowed`', async () => {
  centra.set({ switchedOff: true })
  const response = await centra.fetch('')
  expect([response.status, await response.json()]).toEqual([403, { status: 'Not Allowed' }])
  expect((await centra.fetch('', {})).status).toBe(401)
})

it('active: returns true and false instead of 1 and 0', async () => {
  centra.set({ active: 'boolean' })
  const { products } = await centra.get()
  expect(new Set(products.map(({ active }) => active))).toEqual(new Set([true, false]))
})

it('noProducts: returns only status `ok`', async () => {
  centra.set({ noProducts: true })
  for (const query of ['', '?limit=2', '?stockItemId=1']) {
    expect(await centra.get(query)).toEqual({ status: 'ok' })
  }
})

it('broken: single rows have wrong types or missing fields', async () => {
  const [text, nothing, missing, anonymous, odd] = (await centra.ids()).map(String)
  centra.set({
    broken: {
      [String(text)]: 'text',
      [String(nothing)]: 'null',
      [String(missing)]: 'missing',
      [String(anonymous)]: 'withoutId',
      [String(odd)]: 'odd',
    },
  })
  const { products } = await centra.get({ limit: '5' })
  const available = centra.company.row(Number(text))
  expect(products.map((product) => [product.stockItemId, product.availableStock])).toEqual([
    [Number(text), `${(available?.physical ?? 0) - (available?.allocated ?? 0)} units`],
    [Number(nothing), null],
    [Number(missing), undefined],
    [undefined, expect.any(Number)],
    [odd, expect.stringMatching(/^-?\d+$/)],
  ])
  const types = { weight: '22,5', brand: 5, countryOfOrigin: false, harmCode: expect.any(Number) }
  expect(products[4]).toMatchObject({ ...types, productId: expect.stringMatching(/^\d+$/) })
  expect(products[2]).not.toHaveProperty('availableStock')
  expect(products[3]).not.toHaveProperty('stockItemId')
})

it('unlisted: returns rows only when requested by id', async () => {
  const [hidden = 0, ...others] = (await centra.ids()).map(Number)
  centra.set({ unlisted: [hidden] })
  expect(await centra.ids()).toEqual(others)
  expect((await centra.pages({ limit: '7' })).flat()).toEqual(others)
  centra.company.sell(Number(others[0]), 0)
  centra.company.restock(hidden, 1)
  expect(await centra.ids({ stock_modified: '2026-01-01' })).toEqual(others.slice(0, 1))
  expect(await centra.ids({ stockItemId: String(hidden) })).toEqual([hidden])
})
