import { Company } from '../world/centra/company'
import { stockItemsBySku } from '../world/centra/matches'
import { availableOf } from '../world/centra/row'
import { Account } from '../world/commerce/account'
import { expectedFromCentra } from './centra'
import { allExpectedOffers } from './expected-offers'
import type { ComparisonSettings } from './settings'

const SETTINGS: ComparisonSettings = {
  skuIdentifier: 'refId',
  safetyStock: 0,
  unlimitedQuantity: 9999,
  excludedWarehouses: [],
  centraSellerId: 'nordicshop',
}

let account: Account
let company: Company
/** A VTEX SKU with all identifiers, that one row names by its EAN; and that row. */
let skuId: number
let stockItemId: number

beforeEach(() => {
  account = new Account('sandbox', 300, 1)
  company = new Company(account.catalog)
  for (const [sku, item] of stockItemsBySku(account, company)) {
    const { active, productActive, ean, refId } = account.sku(sku) ?? {}
    const row = item === null ? undefined : company.row(item)
    const isOrdinary = active && productActive && ean && refId && row?.active
    if (!isOrdinary || row?.ean !== ean || availableOf(row) < 5) continue
    skuId = sku
    stockItemId = row.stockItemId
    return
  }
})

const offers = (settings: Partial<ComparisonSettings> = {}) =>
  new Map(
    [...expectedFromCentra(company, account, { ...SETTINGS, ...settings })].map((o) => [o.skuId, o])
  )
const offer = (settings: Partial<ComparisonSettings> = {}) => offers(settings).get(skuId)

describe('expectedFromCentra', () => {
  it('returns the available stock of the row', () => {
    const row = company.row(stockItemId)
    expect(offer()).toMatchObject({
      source: 'Centra',
      sellerId: 'nordicshop',
      offerSku: `${account.sku(skuId)?.refId}_nordicshop`,
      quantity: (row?.physical ?? 0) - (row?.allocated ?? 0),
    })
  })

  it('follows sales and subtracts the safety stock', () => {
    company.setStock(stockItemId, { physicalStock: 20, allocatedStock: 8 })
    company.sell(stockItemId, 2)
    expect(offer()?.quantity).toBe(10)
    expect(offer({ safetyStock: 4 })?.quantity).toBe(6)
    expect(offer({ safetyStock: 11 })?.quantity).toBe(0)
    company.setStock(stockItemId, { physicalStock: 3 })
    expect(offer()?.quantity).toBe(0)
  })

  it.each([
    ['the row', () => company.setActive(stockItemId, false)],
    ['the SKU', () => account.setActive(skuId, false)],
    ["the SKU's product", () => account.setFacts(skuId, { productActive: false })],
  ])('returns 0 while %s is inactive', (_, change) => {
    change()
    expect(offer()?.quantity).toBe(0)
  })

  it('matches a row by EAN before its full SKU', () => {
    const other = [...offers().keys()].find((id) => id !== skuId) ?? 0
    const refId = account.sku(other)?.refId ?? ''
    company.setFacts(stockItemId, { sku: refId, variantSku: '', sizeSku: null })
    expect(offers().has(skuId)).toBe(true)
    expect(offers().has(other)).toBe(true)
  })

  it.each([
    ['has no EAN', null],
    ['has an EAN that VTEX does not know', '4006381333931'],
  ])('matches a row by its full SKU if it %s', (_, ean) => {
    company.setEan(stockItemId, ean)
    expect(offer()).toBeUndefined()
    account.setRefId(skuId, 'WX-7-L')
    company.setFacts(stockItemId, { sku: 'WX-', variantSku: '7', sizeSku: '-L' })
    expect(offer()).toMatchObject({ skuId, offerSku: 'WX-7-L_nordicshop' })
  })

  it('returns no offer for a SKU with two active rows', () => {
    const ean = account.sku(skuId)?.ean ?? ''
    const twin = company.addRow({ sku: 'TWIN', ean })
    expect(offer()).toBeUndefined()
    company.removeRow(twin.stockItemId)
    expect(offer()).toBeDefined()
    company.addRow({ sku: account.sku(skuId)?.refId ?? '' })
    expect(offer()).toBeUndefined()
  })

  it('uses the only active row of a SKU, and returns 0 if all are inactive', () => {
    const quantity = offer()?.quantity
    const ean = account.sku(skuId)?.ean ?? ''
    const twin = company.addRow({ sku: 'TWIN', ean, active: false, physicalStock: 999 })
    expect([quantity, offer()?.quantity]).toEqual([expect.any(Number), quantity])
    company.setActive(stockItemId, false)
    expect(offer()?.quantity).toBe(0)
    company.setActive(twin.stockItemId, true)
    expect(offer()?.quantity).toBe(999)
  })

  it('returns no offer for a removed row or SKU', () => {
    const [other] = [...offers().keys()].filter((id) => id !== skuId)
    company.removeRow(stockItemId)
    account.removeSku(other ?? 0)
    expect(offer()).toBeUndefined()
    expect(offers().has(other ?? 0)).toBe(false)
  })

  it('names the offer by identifier and template, and returns none without the identifier', () => {
    const { ean } = account.sku(skuId) ?? {}
    expect(offer({ skuIdentifier: 'ean' })?.offerSku).toBe(`${ean}_nordicshop`)
    expect(offer({ skuIdentifier: 'skuId', offerSku: '{sellerId}/{sku}' })?.offerSku).toBe(
      `nordicshop/${skuId}`
    )
    account.setRefId(skuId, null)
    expect(offer()).toBeUndefined()
    expect(offer({ skuIdentifier: 'ean' })).toBeDefined()
  })

  it('returns the last change in Centra or VTEX', () => {
    expect(offer()?.changedAt).toBeUndefined()
    company.restock(stockItemId, 1, 5_000_000_000_000)
    expect(offer()?.changedAt).toBe(5_000_000_000_000)
    company.restock(stockItemId, 1, 1_000)
    account.setActive(skuId, true)
    expect(offer()?.changedAt).toBe(account.changedAt(skuId))
  })
})

describe('allExpectedOffers', () => {
  const sources = (
    settings: Partial<ComparisonSettings>,
    centra: Company | undefined = company
  ) => {
    const all = [...allExpectedOffers({ commerce: account, centra }, { ...SETTINGS, ...settings })]
    return new Set(all.map(({ source, sellerId }) => `${source}: ${sellerId}`))
  }

  const OTHERS = ['2', '31', 'Fjall-Butik_2', 'closedshop'].map((id) => `seller ${id}: ${id}`)
  const NORDIC = 'seller nordicshop: nordicshop'

  it('reads seller 1 from own stock while Centra is another seller', () => {
    expect(sources({})).toEqual(new Set(['own stock: 1', ...OTHERS, 'Centra: nordicshop']))
  })

  it('reads seller 1 from Centra alone if Centra is seller 1', () => {
    expect(sources({ centraSellerId: '1' })).toEqual(new Set(['Centra: 1', NORDIC, ...OTHERS]))
    expect(offer({ centraSellerId: '1' })?.offerSku).toBe(account.sku(skuId)?.refId)
  })

  it('reads own stock alone without Centra', () => {
    expect(sources({ centraSellerId: undefined })).toEqual(
      new Set(['own stock: 1', NORDIC, ...OTHERS])
    )
  })

  it('reads no source of a seller that the settings exclude', () => {
    expect(sources({ sellers: ['2'] })).toEqual(new Set(['seller 2: 2']))
    expect(sources({ sellers: ['1'] })).toEqual(new Set(['own stock: 1']))
    expect(sources({ sellers: ['nordicshop'] })).toEqual(new Set(['Centra: nordicshop']))
  })
})
