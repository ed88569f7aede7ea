import { join } from 'path'
import { Company } from '../world/centra/company'
import { stockItemsBySku } from '../world/centra/matches'
import { expectedFromCentra } from '../world/centra/truth'
import { Account } from '../world/commerce/account'
import { expectedOffers } from '../world/commerce/truth'
import { truthSettings } from '../world/commerce/truth-settings'
import { Inventory } from '../world/intershop/inventory'
import { temporaryFolder } from '../world/temporary'
import { CentraShopper } from './centra-shopper'
import { Shopper } from './shopper'
import { ZeroWatch } from './zeros'

const SETTINGS = truthSettings({ centraSellerId: 'c' })
const folder = temporaryFolder()
afterAll(folder.remove)

let account: Account
let company: Company
let inventory: Inventory
let watch: ZeroWatch
let journals = 0

beforeEach(() => {
  account = new Account('acme', 200, 1)
  inventory = new Inventory(join(folder.path, `${++journals}.jsonl`))
  company = new Company(account.catalog)
  watch = new ZeroWatch({ commerce: account, centra: company }, inventory, SETTINGS)
})

/** An offer that is, or is not, to be had. */
function offer(sold: boolean) {
  for (const each of expectedOffers(account, SETTINGS)) {
    if ((each.quantity === 0) === sold) return each
  }
  throw new Error('the account has no such offer')
}

const imports = (sku: string, quantity: number) => inventory.apply('f.xml', [{ sku, quantity }])

it('ZeroMonitor reports a zero of an offer that was never zero', () => {
  const { offerSku, quantity } = offer(false)
  imports(offerSku, quantity)
  expect(watch.falseZeros).toEqual([])
  imports(offerSku, 0)
  expect(watch.falseZeros).toEqual([{ offerSku, file: 'f.xml' }])
})

it('ZeroMonitor accepts a zero of an offer that is or was zero', () => {
  imports(offer(true).offerSku, 0)
  const { skuId, offerSku } = offer(false)
  account.setActive(skuId, false)
  account.setActive(skuId, true)
  imports(offerSku, 0)
  expect(watch.falseZeros).toEqual([])
  expect(watch.imported).toBe(2)
})

it('ZeroMonitor accepts a zero of a kit with a component that was sold out', () => {
  const kit = [...account.catalog.ids()].find((id) => account.kits.isMadeUp(id)) ?? 0
  const { skuId = 0 } = account.kits.components(kit)[0] ?? {}
  account.setActive(skuId, false)
  account.setActive(skuId, true)
  imports(account.sku(kit)?.refId ?? '', 0)
  expect(watch.falseZeros).toEqual([])
})

describe('ZeroMonitor for Centra offers', () => {
  const inStock = () => {
    const offers = [...expectedFromCentra(company, account, SETTINGS)]
    const found = offers.find(({ quantity }) => quantity > 0)
    const row = stockItemsBySku(account, company).get(found?.skuId ?? 0)
    if (!found || !row) throw new Error('the company has no such offer')
    return { offerSku: found.offerSku, skuId: found.skuId, row }
  }

  it('reports a zero of a row that was never sold out', () => {
    const { offerSku } = inStock()
    imports(offerSku, 0)
    expect(watch.falseZeros).toEqual([{ offerSku, file: 'f.xml' }])
  })

  it.each<[string, (row: number, skuId: number) => void]>([
    ['its row was sold out', (row) => company.setStock(row, { physicalStock: 0 })],
    ['its row was inactive', (row) => company.setActive(row, false)],
    ['its SKU was inactive in VTEX', (_, skuId) => account.setActive(skuId, false)],
  ])('accepts a 0 if %s', (_, befall) => {
    const { offerSku, row, skuId } = inStock()
    befall(row, skuId)
    imports(offerSku, 0)
    expect(watch.falseZeros).toEqual([])
  })

  it('CentraStockLoad sells out some rows, repeatably for the same seed', () => {
    const shopped = () => {
      const own = new Company(account.catalog)
      const shopper = new CentraShopper(own, 3)
      for (let change = 0; change < 500; change++) shopper.change()
      return [...expectedFromCentra(own, account, SETTINGS)].map(({ quantity }) => quantity)
    }
    const quantities = shopped()
    expect(quantities).toEqual(shopped())
    expect(new Set(quantities.map((quantity) => quantity === 0)).size).toBe(2)
  })
})

it('VtexStockLoad sells out offers and restocks them, but keeps some in stock', () => {
  const before = watch.guarded
  const shopper = new Shopper(account, 1)
  for (let change = 0; change < 5_000; change++) shopper.change()
  expect(shopper.changes).toBe(5_000)
  expect(watch.guarded).toBeGreaterThan(10)
  expect(watch.guarded).toBeLessThan(before / 2)
  const sold = [...expectedOffers(account, SETTINGS)].filter(({ quantity }) => quantity === 0)
  expect(sold.length).toBeGreaterThan(20)
  expect(sold.length).toBeLessThan(150)
})

it('VtexStockLoad makes the same changes for the same seed', () => {
  const shopped = (seed: number) => {
    const own = new Account('acme', 200, 1)
    const shopper = new Shopper(own, seed)
    for (let change = 0; change < 300; change++) shopper.change()
    return [...expectedOffers(own, SETTINGS)].map(({ skuId, quantity }) => [skuId, quantity])
  }
  expect(shopped(3)).toEqual(shopped(3))
  expect(shopped(3)).not.toEqual(shopped(4))
})
