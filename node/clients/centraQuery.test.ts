import fc from 'fast-check'
import { queryOf } from './centra'
import { pageOf } from './centraStockPage'

describe('pageOf', () => {
  it.each([
    ['?limit=2&page=3', '?limit=2&page=3'],
    ['?page=3&limit=2#top', '?page=3&limit=2'],
    ['/api/order-api/stock?limit=2&page=3', '?limit=2&page=3'],
    ['https://acme.centra.com/api/order-api/stock?limit=2&page=3', '?limit=2&page=3'],
    ['https://elsewhere.example/?limit=2&page=3', '?limit=2&page=3'],
    ['//elsewhere.example?limit=2&page=3', '?limit=2&page=3'],
    ['?modified=2016-01-01+12:10:11', '?modified=2016-01-01+12%3A10%3A11'],
  ])('reads the link %s as %s', (link, page) => {
    expect(pageOf(link)).toBe(page)
  })

  it.each([
    '',
    '?',
    '#?page=2',
    'page=2',
    '/stock',
    'https://elsewhere.example/',
    `?a=${'x'.repeat(2_048)}`,
  ])('returns undefined for the link %j', (link) => {
    expect(pageOf(link)).toBeUndefined()
  })
})

describe('queryOf', () => {
  const read = (...given: Parameters<typeof queryOf>) =>
    Object.fromEntries(new URLSearchParams(queryOf(...given)))

  it.each([
    ['nothing', {}, undefined, {}],
    ['the filters', { sku: 'a', limit: 2 }, undefined, { sku: 'a', limit: '2' }],
    ['the page', {}, '?limit=2&page=3', { limit: '2', page: '3' }],
    ['both', { sku: 'a' }, '?limit=2&page=3', { sku: 'a', limit: '2', page: '3' }],
    ["the page's own limit", { limit: 500 }, '?limit=2&page=3', { limit: '2', page: '3' }],
    ['the limit, where the page has none', { limit: 500 }, '?page=3', { limit: '500', page: '3' }],
    ['the filters, whatever the page says', { sku: 'a' }, '?sku=b&page=3', { sku: 'a', page: '3' }],
    [
      'what the page adds',
      { sku: 'a' },
      '?cursor=x%26y&page=3',
      { sku: 'a', cursor: 'x&y', page: '3' },
    ],
    ['a filter once', { ean: '1' }, '?ean=2&ean=3', { ean: '1' }],
  ])('returns %s', (_, parameters, page, expected) => {
    expect(read(parameters, page)).toEqual(expected)
  })

  it('adds each filter on each page, whether or not the link kept it', () => {
    const filters = fc.record(
      {
        sku: fc.string(),
        stock_modified: fc.string(),
        productId: fc.nat(),
        exclude: fc.constant('physicalStock' as const),
      },
      { requiredKeys: [] }
    )
    fc.assert(
      fc.property(filters, fc.integer({ min: 2 }), fc.boolean(), (parameters, number, keeps) => {
        const kept = keeps ? queryOf(parameters) : ''
        const page = pageOf(`?${kept}&page=${number}`)
        const texts = Object.entries(parameters).map(([name, value]) => [name, String(value)])
        expect(read(parameters, page)).toEqual({
          ...Object.fromEntries(texts),
          page: String(number),
        })
      })
    )
  })
})
