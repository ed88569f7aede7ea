import { join } from 'path'
import { temporaryFolder } from '../common/temporary-folder'
import { expectedFromCentra } from '../comparison/centra'
import { expectedOffers } from '../comparison/own-stock'
import { truthSettings } from '../comparison/settings'
import { Company } from '../world/centra/company'
import { stockItemsBySku } from '../world/centra/matches'
import { Account } from '../world/commerce/account'
import { Inventory } from '../world/intershop/inventory'
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

it('a zero of an offer that never was zero is false', () => {
  const { offerSku, quantity } = offer(false)
  imports(offerSku, quantity)
  expect(watch.falseZeros).toEqual([])
  imports(offerSku, 0)
  expect(watch.falseZeros).toEqual([{ offerSku, file: 'f.xml' }])
})

it('a zero of an offer that is zero, or once was, is true', () => {
  imports(offer(true).offerSku, 0)
  const { skuId, offerSku } = offer(false)
  account.setActive(skuId, false)
  account.setActive(skuId, true)
  imports(offerSku, 0)
  expect(watch.falseZeros).toEqual([])
  expect(watch.imported).toBe(2)
})

it('a zero of a kit is true where a component of it was sold out', () => {
  const kit = [...account.catalog.ids()].find((id) => account.kits.isMadeUp(id)) ?? 0
  const { skuId = 0 } = account.kits.components(kit)[0] ?? {}
  account.setActive(skuId, false)
  account.setActive(skuId, true)
  imports(account.sku(kit)?.refId ?? '', 0)
  expect(watch.falseZeros).toEqual([])
})

describe("of Centra's offers", () => {
  const inStock = () => {
    const offers = [...expectedFromCentra(company, account, SETTINGS)]
    const found = offers.find(({ quantity }) => quantity > 0)
    const row = stockItemsBySku(account, company).get(found?.skuId ?? 0)
    if (!found || !row) throw new Error('the company has no such offer')
    return { offerSku: found.offerSku, skuId: found.skuId, row }
  }

  it('a zero that never was true is false', () => {
    const { offerSku } = inStock()
    imports(offerSku, 0)
    expect(watch.falseZeros).toEqual([{ offerSku, file: 'f.xml' }])
  })

  it.each<[string, (row: number, skuId: number) => void]>([
    ['its row was sold out', (row) => company.setStock(row, { physicalStock: 0 })],
    ['its row was inactive', (row) => company.setActive(row, false)],
    ['its SKU was inactive in VTEX', (_, skuId) => account.setActive(skuId, false)],
  ])('one is true where %s', (_, befall) => {
    const { offerSku, row, skuId } = inStock()
    befall(row, skuId)
    imports(offerSku, 0)
    expect(watch.falseZeros).toEqual([])
  })

  it('shopping there sells some out, leaves some, and is the same with the same seed', () => {
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

it('shopping sells out offers and brings them back, but leaves some that never are zero', () => {
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

it('shopping with the same seed is the same', () => {
  const shopped = (seed: number) => {
    const own = new Account('acme', 200, 1)
    const shopper = new Shopper(own, seed)
    for (let change = 0; change < 300; change++) shopper.change()
    return [...expectedOffers(own, SETTINGS)].map(({ skuId, quantity }) => [skuId, quantity])
  }
  expect(shopped(3)).toEqual(shopped(3))
  expect(shopped(3)).not.toEqual(shopped(4))
})
