import { Account } from '../world/commerce/account'
import { compare } from './compare'
import { expectedFromSellers } from './other-sellers'
import type { ComparisonSettings } from './settings'

const SETTINGS: ComparisonSettings = {
  skuIdentifier: 'skuId',
  safetyStock: 0,
  unlimitedQuantity: 9999,
  excludedWarehouses: [],
}

const account = new Account('sandbox', 400, 1)
const { marketplace } = account
const [skuId = 0] = [...account.catalog.ids()].filter((id) => {
  const { active, productActive, salesChannels = [] } = account.sku(id) ?? {}
  return active && productActive && salesChannels.length === 2
})

const offer = (more: Partial<ComparisonSettings> = {}, sellerId = '2') =>
  [...expectedFromSellers(account, { ...SETTINGS, ...more })].find(
    (each) => each.skuId === skuId && each.sellerId === sellerId
  )

beforeEach(() => {
  marketplace.bind('2', skuId, { active: true, quantity: 9 })
  marketplace.setSeller('2', true)
  account.setActive(skuId, true)
})

describe('expectedFromSellers', () => {
  it('returns the highest quantity of all sales channels minus the safety stock', () => {
    expect(offer()).toMatchObject({ offerSku: `${skuId}_2`, quantity: 9, source: 'seller 2' })
    expect(offer({ safetyStock: 4 })?.quantity).toBe(5)
  })

  it('returns the quantity in the chosen sales channel, 0 if the SKU is not sold there', () => {
    expect([1, 2, 3].map((salesChannel) => offer({ salesChannel })?.quantity)).toEqual([4, 9, 0])
  })

  it('returns 0 while the SKU or the binding is inactive', () => {
    marketplace.bind('2', skuId, { active: false })
    expect(offer()?.quantity).toBe(0)
    marketplace.bind('2', skuId, { active: true })
    account.setActive(skuId, false)
    expect(offer()?.quantity).toBe(0)
  })

  it('returns 0, or may be missing, while the seller is inactive', async () => {
    marketplace.setSeller('2', false)
    expect(offer()).toMatchObject({ quantity: 0, mayBeMissing: true })
    const expected = () => [offer() ?? fail()]
    expect(await compare(expected, new Map())).toMatchObject({ expected: 0, missing: 0 })
    const held = { quantity: 9, available: true, orderable: true, sellerId: '2', file: 'a.xml' }
    const still = new Map([[`${skuId}_2`, held]])
    expect(await compare(expected, still)).toMatchObject({ expected: 1, differing: 1, surplus: 0 })
  })

  it('returns no offers of excluded sellers, seller 1 and Centra', () => {
    expect(offer({ sellers: ['31'] })).toBeUndefined()
    expect(offer({ sellers: ['2'] })).toBeDefined()
    expect(offer({ centraSellerId: '2' })).toBeUndefined()
    expect(offer({}, '1')).toBeUndefined()
  })

  it('returns the last change', () => {
    const before = Date.now()
    marketplace.bind('2', skuId, { quantity: 8 })
    expect(offer()?.changedAt).toBeGreaterThanOrEqual(before)
  })
})

function fail(): never {
  throw new Error('no such offer')
}
