import { atMostPerMinute } from './perAccount'

const SHOP = { account: 'acme', workspace: 'master' }

it('atMostPerMinute allows n calls a minute, returns the time to wait, and starts anew then', () => {
  const take = atMostPerMinute(3)
  expect([0, 10, 20].map((now) => take(SHOP, now))).toEqual([0, 0, 0])
  expect([30, 59_999].map((now) => take(SHOP, now))).toEqual([59_970, 1])
  expect([60_000, 60_001, 60_002, 60_003].map((now) => take(SHOP, now))).toEqual([0, 0, 0, 59_997])
})

it('atMostPerMinute counts each account and workspace on its own', () => {
  const take = atMostPerMinute(1)
  const shops = [SHOP, { ...SHOP, account: 'other' }, { ...SHOP, workspace: 'dev' }]
  expect(shops.map((shop) => take(shop, 0))).toEqual([0, 0, 0])
  expect(shops.map((shop) => take(shop, 1) > 0)).toEqual([true, true, true])
})
