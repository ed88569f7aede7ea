import { join } from 'path'
import { temporaryFolder } from '../common/temporary-folder'
import { expectedFromCentra } from '../comparison/centra'
import { expectedOwnOffers } from '../comparison/own-stock'
import { comparisonSettings } from '../comparison/settings'
import { Company } from '../world/centra/company'
import { stockItemsBySku } from '../world/centra/matches'
import { Account } from '../world/commerce/account'
import { Inventory } from '../world/intershop/inventory'
import { CentraStockLoad } from './centra-stock-load'
import { VtexStockLoad } from './vtex-stock-load'
import { ZeroMonitor } from './zeros'

const SETTINGS = comparisonSettings({ centraSellerId: 'c' })
const folder = temporaryFolder()
afterAll(folder.remove)

let account: Account
let company: Company
let inventory: Inventory
let monitor: ZeroMonitor
let journals = 0

beforeEach(() => {
  account = new Account('acme', 200, 1)
  inventory = new Inventory(join(folder.path, `${++journals}.jsonl`))
  company = new Company(account.catalog)
  monitor = new ZeroMonitor({ commerce: account, centra: company }, inventory, SETTINGS)
})

/** An offer that is, or is not, to be had. */
function offer(sold: boolean) {
  for (const each of expectedOwnOffers(account, SETTINGS)) {
    if ((each.quantity === 0) === sold) return each
  }
  throw new Error('the account has no such offer')
}

const imports = (sku: string, quantity: number) => inventory.apply('f.xml', [{ sku, quantity }])

it('ZeroMonitor reports a zero of an offer that was never zero', () => {
  const { offerSku, quantity } = offer(false)
  imports(offerSku, quantity)
  expect(monitor.falseZeros).toEqual([])
  imports(offerSku, 0)
  expect(monitor.falseZeros).toEqual([{ offerSku, file: 'f.xml' }])
})

it('ZeroMonitor accepts a zero of an offer that is or was zero', () => {
  imports(offer(true).offerSku, 0)
  const { skuId, offerSku } = offer(false)
  account.setActive(skuId, false)
  account.setActive(skuId, true)
  imports(offerSku, 0)
  expect(monitor.falseZeros).toEqual([])
  expect(monitor.imported).toBe(2)
})

it('ZeroMonitor accepts a zero of a kit with a component that was sold out', () => {
  const kit = [...account.catalog.ids()].find((id) => account.kits.hasComponents(id)) ?? 0
  const { skuId = 0 } = account.kits.components(kit)[0] ?? {}
  account.setActive(skuId, false)
  account.setActive(skuId, true)
  imports(account.sku(kit)?.refId ?? '', 0)
  expect(monitor.falseZeros).toEqual([])
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
    expect(monitor.falseZeros).toEqual([{ offerSku, file: 'f.xml' }])
  })

  it.each<[string, (row: number, skuId: number) => void]>([
    ['the row was sold out', (row) => company.setStock(row, { physicalStock: 0 })],
    ['the row was inactive', (row) => company.setActive(row, false)],
    ['the SKU was inactive in VTEX', (_, skuId) => account.setActive(skuId, false)],
  ])('accepts a zero after %s', (_, change) => {
    const { offerSku, row, skuId } = inStock()
    change(row, skuId)
    imports(offerSku, 0)
    expect(monitor.falseZeros).toEqual([])
  })

  it('CentraStockLoad sells out some rows, repeatably for the same seed', () => {
    const quantitiesAfterLoad = () => {
      const own = new Company(account.catalog)
      const load = new CentraStockLoad(own, 3)
      for (let change = 0; change < 500; change++) load.change()
      return [...expectedFromCentra(own, account, SETTINGS)].map(({ quantity }) => quantity)
    }
    const quantities = quantitiesAfterLoad()
    expect(quantities).toEqual(quantitiesAfterLoad())
    expect(new Set(quantities.map((quantity) => quantity === 0)).size).toBe(2)
  })
})

it('VtexStockLoad sells out offers and restocks them, but keeps some in stock', () => {
  const before = monitor.neverZeroCount
  const load = new VtexStockLoad(account, 1)
  for (let change = 0; change < 5_000; change++) load.change()
  expect(load.changes).toBe(5_000)
  expect(monitor.neverZeroCount).toBeGreaterThan(10)
  expect(monitor.neverZeroCount).toBeLessThan(before / 2)
  const sold = [...expectedOwnOffers(account, SETTINGS)].filter(({ quantity }) => quantity === 0)
  expect(sold.length).toBeGreaterThan(20)
  expect(sold.length).toBeLessThan(150)
})

it('VtexStockLoad makes the same changes for the same seed', () => {
  const quantitiesAfterLoad = (seed: number) => {
    const own = new Account('acme', 200, 1)
    const load = new VtexStockLoad(own, seed)
    for (let change = 0; change < 300; change++) load.change()
    return [...expectedOwnOffers(own, SETTINGS)].map(({ skuId, quantity }) => [skuId, quantity])
  }
  expect(quantitiesAfterLoad(3)).toEqual(quantitiesAfterLoad(3))
  expect(quantitiesAfterLoad(3)).not.toEqual(quantitiesAfterLoad(4))
})
