import { Account } from '../world/commerce/account'
import { type Kinds, kindsOf, SHARES } from '../world/commerce/kinds'
import { skuIdByRefId } from '../world/commerce/references'
import { expectedOwnOffers } from './own-stock'
import type { ComparisonSettings } from './settings'

const SETTINGS: ComparisonSettings = {
  skuIdentifier: 'refId',
  offerSku: '{sku}',
  safetyStock: 0,
  unlimitedQuantity: 9999,
  excludedWarehouses: [],
}

const skus = (account: Account, kinds: Partial<Kinds>) =>
  [...account.catalog.ids()].filter((id) => {
    const found = kindsOf(account.seed, id)
    const ordinary: Kinds = {
      product: 'ordinary',
      state: 'ordinary',
      identity: 'ordinary',
      stock: 'ordinary',
    }
    return JSON.stringify(found) === JSON.stringify({ ...ordinary, ...kinds })
  })

const offers = (account: Account, settings: Partial<ComparisonSettings> = {}) =>
  new Map([...expectedOwnOffers(account, { ...SETTINGS, ...settings })].map((o) => [o.skuId, o]))

describe('expectedOwnOffers', () => {
  const account = new Account('sandbox', 2000, 1)
  const [plain = 0, other = 0] = skus(account, {})
  const quantity = (id: number, settings = {}) => offers(account, settings).get(id)?.quantity

  beforeAll(() => {
    for (const { warehouseId } of account.balances(plain)) {
      account.setBalance(plain, warehouseId, { total: 0, reserved: 0 })
    }
    // Inactive, closed and deleted: none of it can be sold.
    for (const id of ['returns', 'pop-up', 'OUTLET']) {
      account.setBalance(plain, id, { total: 100, unlimited: true })
    }
    account.setBalance(plain, '1_1', { total: 10, reserved: 4 })
    account.setBalance(plain, 'north', { total: 3, reserved: 8 })
    account.setBalance(plain, 'outlet', { total: 5, reserved: -1 })
  })

  it('sums up active warehouses, an oversold one as 0', () => {
    expect(quantity(plain)).toBe(6 + 0 + 6)
  })

  it('skips excluded warehouses by their exact id', () => {
    expect(quantity(plain, { excludedWarehouses: ['1_1', 'OUTLET'] })).toBe(6)
  })

  it('subtracts the safety stock and is never negative', () => {
    expect(quantity(plain, { safetyStock: 5 })).toBe(7)
    expect(quantity(plain, { safetyStock: 50 })).toBe(0)
  })

  it('follows sales and changes', () => {
    const before = quantity(other) ?? 0
    expect(before).toBeGreaterThan(0)
    account.sell(other, before)
    expect(quantity(other)).toBe(0)
    expect(() => account.sell(other, 1)).toThrow('0 units to sell')
    account.setBalance(other, 'north', { unlimited: true })
    expect(quantity(other)).toBe(9999)
    account.setActive(other, false)
    expect(quantity(other)).toBe(0)
  })

  it('returns the number of kits that the components allow', () => {
    const [, , , , , a = 0, b = 0] = skus(account, {})
    const kit = account.addSku()
    const stock = (id: number, total: number) => {
      for (const { warehouseId } of account.balances(id)) {
        account.setBalance(id, warehouseId, { total: 0, reserved: 0, unlimited: false })
      }
      account.setBalance(id, '1_1', { total })
    }
    stock(a, 21)
    stock(b, 20)
    expect(quantity(kit)).toBe(30)
    account.setComponents(kit, [
      { skuId: a, quantity: 2 },
      { skuId: b, quantity: 3 },
    ])
    expect([quantity(kit), quantity(kit, { safetyStock: 4 })]).toEqual([6, 2])
    account.sell(kit, 2)
    expect([a, b, kit].map((id) => quantity(id))).toEqual([17, 14, 4])
    const before = Date.now()
    account.setBalance(b, 'north', { unlimited: true })
    expect(quantity(kit)).toBe(8)
    expect(offers(account).get(kit)?.changedAt).toBeGreaterThanOrEqual(before)
    account.setBalance(a, 'north', { unlimited: true })
    expect(quantity(kit)).toBe(9999)
    account.setActive(b, false)
    expect(quantity(kit)).toBe(0)
    account.setComponents(kit, [])
    expect(quantity(kit)).toBe(30)
  })

  it('names offers by the chosen identifier, and returns none without it', () => {
    const [bare = 0] = skus(account, { identity: 'withoutEanAndRefId' })
    const [withoutRefId = 0] = skus(account, { identity: 'withoutRefId' })
    expect(offers(account).has(bare)).toBe(false)
    expect(offers(account).has(withoutRefId)).toBe(false)
    expect(offers(account, { skuIdentifier: 'ean' }).get(withoutRefId)?.offerSku).toMatch(
      /^7\d{12}$/
    )
    const bySkuId = offers(account, { skuIdentifier: 'skuId', offerSku: '{sku}_{sellerId}' })
    expect(bySkuId.get(bare)?.offerSku).toBe(`${bare}_1`)
    expect(new Set([...offers(account).values()].map((o) => o.offerSku)).size).toBe(
      offers(account).size
    )
  })

  it('follows a removed reference and two swapped ones', () => {
    const [, , c = 0, d = 0, e = 0] = skus(account, {})
    const names = () => [c, d, e].map((id) => offers(account).get(id)?.offerSku)
    const [nameOfC = '', nameOfD = ''] = names()
    account.setRefId(c, nameOfD)
    account.setRefId(d, nameOfC)
    account.setRefId(e, null)
    expect(names()).toEqual([nameOfD, nameOfC, undefined])
    expect([nameOfC, nameOfD].map((name) => skuIdByRefId(account, name))).toEqual([d, c])
  })

  it.each(
    Object.entries(SHARES).flatMap(([group, kinds]) => Object.keys(kinds).map((k) => [group, k]))
  )('includes a SKU of each %s kind: %s', (group, kind) => {
    expect(skus(account, { [String(group)]: kind }).length).toBeGreaterThan(0)
  })
})
