import fc from 'fast-check'
import { type Balance, kitQuantity, type QuantityRules, sellableQuantity } from './quantity'

const rules: QuantityRules = {
  countedWarehouses: new Set(['main', 'store']),
  safetyStock: 0,
  unlimitedQuantity: 9999,
}

const stock = (warehouseId: string, totalQuantity: number, reservedQuantity = 0): Balance => ({
  warehouseId,
  totalQuantity,
  reservedQuantity,
  hasUnlimitedQuantity: false,
})

const pieces = fc.integer({ min: -500, max: 5_000 })

/** "MAIN" is another warehouse than "main" (VTEX logistics: ids are case-sensitive). */
const balance = fc.record({
  warehouseId: fc.constantFrom('main', 'store', 'MAIN', 'deleted'),
  totalQuantity: pieces,
  reservedQuantity: pieces,
  hasUnlimitedQuantity: fc.constant(false),
})
const balances = fc.array(balance, { maxLength: 8 })
const safety = fc.integer({ min: 0, max: 3_000 })

describe('sellableQuantity', () => {
  it('subtracts reservations and the safety stock', () => {
    expect(sellableQuantity([stock('main', 10, 3), stock('store', 5, 1)], rules)).toBe(11)
    expect(
      sellableQuantity([stock('main', 10, 3), stock('store', 5, 1)], { ...rules, safetyStock: 4 })
    ).toBe(7)
  })

  it('returns a whole number between 0 and what the included warehouses have', () => {
    fc.assert(
      fc.property(balances, safety, (given, safetyStock) => {
        const lies = given
          .filter(({ warehouseId }) => warehouseId === 'main' || warehouseId === 'store')
          .map(({ totalQuantity, reservedQuantity }) => totalQuantity - reservedQuantity)
          .filter((available) => available > 0)
          .reduce((sum, available) => sum + available, 0)
        const quantity = sellableQuantity(given, { ...rules, safetyStock })
        expect(Number.isInteger(quantity)).toBe(true)
        expect(quantity).toBeGreaterThanOrEqual(0)
        expect(quantity).toBeLessThanOrEqual(lies)
      })
    )
  })

  it('ignores warehouses that are not included, unlimited ones too', () => {
    const other = fc.record({
      warehouseId: fc.constantFrom('MAIN', 'deleted', 'inactive'),
      totalQuantity: pieces,
      reservedQuantity: pieces,
      hasUnlimitedQuantity: fc.boolean(),
    })
    fc.assert(
      fc.property(balances, fc.array(other), (given, others) => {
        expect(sellableQuantity([...others, ...given], rules)).toBe(sellableQuantity(given, rules))
      })
    )
  })

  it('counts a warehouse with negative availability as 0', () => {
    fc.assert(
      fc.property(balances, fc.integer({ min: 1, max: 900 }), (given, short) => {
        const oversold = stock('store', 100, 100 + short)
        expect(sellableQuantity([...given, oversold], rules)).toBe(sellableQuantity(given, rules))
      })
    )
  })

  it('subtracts the safety stock once, for any number of warehouses', () => {
    fc.assert(
      fc.property(balances, safety, (given, safetyStock) => {
        expect(sellableQuantity(given, { ...rules, safetyStock })).toBe(
          Math.max(0, sellableQuantity(given, rules) - safetyStock)
        )
      })
    )
  })

  it('returns unlimitedQuantity if one included warehouse is unlimited', () => {
    const endless = { ...stock('store', 0, 7), hasUnlimitedQuantity: true }
    expect(sellableQuantity([stock('main', 3), endless], rules)).toBe(9999)
    expect(sellableQuantity([endless], { ...rules, unlimitedQuantity: 0 })).toBe(0)
  })

  it('returns at most a 32-bit integer', () => {
    expect(sellableQuantity([stock('main', 2 ** 40)], rules)).toBe(2 ** 31 - 1)
  })
})

describe('kitQuantity', () => {
  const part = (quantity: number, ...balances: Balance[]) => ({ quantity, balances })
  const endless = { ...stock('store', 0, 7), hasUnlimitedQuantity: true }

  it('returns as many kits as the scarcest component allows', () => {
    expect(kitQuantity([part(2, stock('main', 84))], rules)).toBe(42)
    expect(kitQuantity([part(2, stock('main', 84)), part(3, stock('store', 20))], rules)).toBe(6)
    expect(kitQuantity([part(1, stock('main', 9)), part(1, stock('store', 4, 9))], rules)).toBe(0)
    expect(kitQuantity([part(1, stock('deleted', 9))], rules)).toBe(0)
  })

  it('subtracts the safety stock once from the kits, not from the components', () => {
    const parts = [part(2, stock('main', 21)), part(1, stock('store', 30))]
    expect(kitQuantity(parts, { ...rules, safetyStock: 3 })).toBe(7)
    expect(kitQuantity(parts, { ...rules, safetyStock: 11 })).toBe(0)
  })

  it('ignores unlimited components, and returns unlimitedQuantity if all are', () => {
    expect(kitQuantity([part(2, endless), part(2, stock('main', 9))], rules)).toBe(4)
    expect(kitQuantity([part(2, endless), part(9, endless)], rules)).toBe(9999)
  })

  it('equals sellableQuantity for one component with one unit', () => {
    fc.assert(
      fc.property(balances, safety, (given, safetyStock) => {
        const some = { ...rules, safetyStock }
        expect(kitQuantity([part(1, ...given)], some)).toBe(sellableQuantity(given, some))
      })
    )
  })
})
