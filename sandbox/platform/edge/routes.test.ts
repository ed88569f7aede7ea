import { createRouteMatcher } from './routes'

const match = createRouteMatcher({
  item: '/shop/:item',
  list: '/shop/list',
  pair: '/shop/:item/of/:maker',
  files: '/files/*path',
})

it.each([
  ['/shop/list', { routeId: 'list', params: {} }],
  ['/shop/7', { routeId: 'item', params: { item: '7' } }],
  ['/shop/7/', { routeId: 'item', params: { item: '7' } }],
  ['/shop/a%2Fb/of/c%20d', { routeId: 'pair', params: { item: 'a/b', maker: 'c d' } }],
  ['/shop/%252F', { routeId: 'item', params: { item: '%2F' } }],
  ['/shop/%zz', { routeId: 'item', params: { item: '%zz' } }],
  ['/shop/%E2%82', { routeId: 'item', params: { item: '%E2%82' } }],
  ['/files/a/b%2Fc', { routeId: 'files', params: { path: 'a/b/c' } }],
])('createRouteMatcher matches %s', (path, expected) => {
  expect(match(path)).toEqual(expected)
})

it.each([
  '/',
  '/shop',
  '/shop//',
  '/shop/',
  '/SHOP/7',
  '/shop/7/of',
  '/shop/7/of/',
  '/shop//of/x',
  '/x',
])('createRouteMatcher matches nothing for %s', (path) => {
  expect(match(path)).toBeUndefined()
})
