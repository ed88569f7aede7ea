import { Account } from './account'
import { kindsOf } from './kinds'
import { sellableUnits } from './kit-stock'

const account = new Account('sandbox', 2000, 1)
const ids = [...account.catalog.ids()]
const kits = ids.filter((id) => account.sku(id)?.kit)
const [plain = 0, other = 0, third = 0] = ids.filter(
  (id) => account.kits.of(id).length === 0 && Object.values(kindsOf(1, id)).every(isOrdinary)
)

function isOrdinary(kind: string) {
  return kind === 'ordinary'
}

describe('generated kits', () => {
  it('contain no, one or two components', () => {
    const counts = kits.map((id) => account.kits.components(id).length)
    expect(new Set(counts)).toEqual(new Set([0, 1, 2]))
  })

  it('contain no other kits, and are found by component', () => {
    for (const kit of kits) {
      for (const { skuId, quantity } of account.kits.components(kit)) {
        expect(account.sku(skuId)?.kit).toBe(false)
        expect(quantity).toBeGreaterThan(0)
        expect(account.kits.of(skuId)).toContain(kit)
      }
    }
    const parts = ids.filter((id) => account.kits.of(id).length > 0)
    const made = kits.flatMap((kit) => account.kits.stockSkusOf(kit).slice(1))
    expect(new Set(parts)).toEqual(new Set(made))
  })

  it('have their own stock only without components', () => {
    for (const kit of kits) {
      const rows = account.balances(kit).length
      expect(rows).toBe(account.kits.hasComponents(kit) ? 0 : 6)
    }
  })

  it('contain no components with kits: false', () => {
    const bare = new Account('sandbox', 2000, 1, undefined, false)
    expect(kits.filter((id) => bare.kits.hasComponents(id))).toEqual([])
    expect(kits.filter((id) => bare.balances(id).length === 0)).toEqual([])
  })
})

it('sell sells the components of a kit and notifies of those only', () => {
  const kit = account.addSku()
  account.setComponents(kit, [
    { skuId: plain, quantity: 2 },
    { skuId: other, quantity: 1 },
  ])
  const notified: number[] = []
  account.onChange(({ skuId }) => notified.push(skuId))
  const before = [plain, other].map((id) => sellableUnits(account, id))
  const left = sellableUnits(account, kit)
  expect(account.sell(kit, 3)).toBe(true)
  const after = [plain, other].map((id) => sellableUnits(account, id))
  expect(after).toEqual([(before[0] ?? 0) - 6, (before[1] ?? 0) - 3])
  expect(() => account.sell(kit, left)).toThrow('units to sell')
  expect([plain, other].map((id) => sellableUnits(account, id))).toEqual(after)
  expect(notified).toEqual([plain, other])
})

it('setComponents rejects unknown SKUs and kits of kits', () => {
  const kit = account.addSku()
  account.setComponents(kit, [{ skuId: third, quantity: 1 }])
  expect(() => account.setBalance(kit, '1_1', { total: 1 })).toThrow('is a kit')
  expect(() => account.setComponents(plain, [{ skuId: kit, quantity: 1 }])).toThrow('is a kit')
  expect(() => account.setComponents(third, [])).toThrow('part of a kit')
  expect(() => account.setComponents(kit, [{ skuId: 999_999, quantity: 1 }])).toThrow('no SKU')
  expect(account.kits.components(kit)).toEqual([{ skuId: third, quantity: 1 }])
})

it('removeSku removes the SKU from its kits', () => {
  const [part, kit] = [account.addSku(), account.addSku()]
  account.setComponents(kit, [{ skuId: part, quantity: 1 }])
  account.removeSku(part)
  expect([account.kits.components(kit), account.kits.of(part)]).toEqual([[], []])
  account.removeSku(kit)
  expect(account.kits.components(kit)).toEqual([])
})
