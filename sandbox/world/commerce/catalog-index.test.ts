import { Account } from './account'

const MINUTE = 60_000
const account = () => new Account('sandbox', 100, 1)
const firstOf = (of: Account) => [...of.catalog.ids()][0] ?? 0

beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 5, 1) }))
afterEach(() => jest.useRealTimers())

it('returns the current SKU without lag', () => {
  const of = account()
  const id = firstOf(of)
  of.setRefId(id, 'NEW')
  expect(of.indexedSku(id)?.refId).toBe('NEW')
  of.index.lag = MINUTE
  expect(of.indexedSku(id)?.refId).toBe('NEW')
})

it('returns outdated SKUs while it lags, change by change', () => {
  const of = account()
  const id = firstOf(of)
  of.index.lag = 10 * MINUTE
  of.setRefId(id, 'SECOND')
  jest.advanceTimersByTime(MINUTE)
  of.setRefId(id, 'THIRD')
  const seen = [0, 9 * MINUTE - 1, 1, MINUTE - 1, 1].map((ms) => {
    jest.advanceTimersByTime(ms)
    return of.indexedSku(id)?.refId
  })
  const first = account().sku(id)?.refId
  expect(seen).toEqual([first, first, 'SECOND', 'SECOND', 'THIRD'])
  expect(of.sku(id)?.refId).toBe('THIRD')
})

it('returns new SKUs late and removed ones for `lag` ms', () => {
  const of = account()
  const id = firstOf(of)
  of.index.lag = MINUTE
  const added = of.addSku({ refId: 'NEW' })
  of.removeSku(id)
  expect(of.indexedSku(added)).toBeUndefined()
  expect(of.indexedSku(id)).toMatchObject({ id })
  jest.advanceTimersByTime(MINUTE)
  expect(of.indexedSku(added)).toMatchObject({ refId: 'NEW' })
  expect(of.indexedSku(id)).toBeUndefined()
})

it('returns current SKUs when lag is set to 0', () => {
  const of = account()
  const id = firstOf(of)
  of.index.lag = MINUTE
  of.setRefId(id, 'NEW')
  of.index.lag = 0
  jest.advanceTimersByTime(1)
  expect(of.indexedSku(id)?.refId).toBe('NEW')
})
