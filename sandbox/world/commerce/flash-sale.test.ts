import { Account } from './account'
import { unitsLeft } from './balance'
import { sellOut } from './flash-sale'

const account = new Account('sandbox', 200, 1)
const left = (id: number) => unitsLeft(account.balances(id))
const ids = [...account.catalog.ids()]
const inStock = ids.filter((id) => left(id) > 0 && Number.isFinite(left(id)))
const unlimited = ids.find((id) => !Number.isFinite(left(id))) ?? 0
const empty = ids.find((id) => left(id) === 0) ?? 0

const notified: number[] = []
account.onChange(({ skuId, stockModified }) => {
  if (stockModified) notified.push(skuId)
})

beforeEach(() => notified.splice(0))

it('sellOut sells all units and notifies of each SKU with stock', () => {
  const [a = 0, b = 0] = inStock
  sellOut(account, [a, empty, b, a])
  expect([left(a), left(b), left(empty)]).toEqual([0, 0, 0])
  expect(notified).toEqual([a, b])
})

it.each([
  ['an unknown SKU', () => 999_999],
  ['unlimited stock', () => unlimited],
])('sellOut sells nothing if there is %s', (_, other) => {
  const [, , c = 0] = inStock
  const before = left(c)
  expect(() => sellOut(account, [c, other()])).toThrow(/no SKU|unlimited/)
  expect([left(c), notified]).toEqual([before, []])
})
