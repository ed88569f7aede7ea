import type { Context } from './errorHandler'
import { limitPerMinute } from './request'

const SHOP = { account: 'acme', workspace: 'master' }

afterEach(() => jest.restoreAllMocks())

/** The header retry-after of each request, 0 for one that is allowed. */
const limited = (most: number) => {
  const check = limitPerMinute(most, 'too_many_checks', 'checks')
  return (now: number, shop = SHOP) => {
    jest.spyOn(Date, 'now').mockReturnValue(now)
    try {
      check({ vtex: shop as Context['vtex'] })
      return 0
    } catch (thrown) {
      expect(thrown).toMatchObject({ status: 429, code: 'too_many_checks' })
      return Number((thrown as { headers: Record<string, string> }).headers['retry-after'])
    }
  }
}

it('limitPerMinute allows n requests a minute, returns the time to wait, and starts anew then', () => {
  const ask = limited(3)
  expect([0, 10, 20].map((now) => ask(now))).toEqual([0, 0, 0])
  expect([30, 59_999].map((now) => ask(now))).toEqual([60, 1])
  expect([60_000, 60_001, 60_002, 62_000].map((now) => ask(now))).toEqual([0, 0, 0, 58])
})

it('limitPerMinute counts each account and workspace on its own', () => {
  const ask = limited(1)
  const shops = [SHOP, { ...SHOP, account: 'other' }, { ...SHOP, workspace: 'dev' }]
  expect(shops.map((shop) => ask(0, shop))).toEqual([0, 0, 0])
  expect(shops.map((shop) => ask(1, shop))).toEqual([60, 60, 60])
})
