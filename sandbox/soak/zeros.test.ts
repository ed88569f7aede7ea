import { join } from 'path'
import { Account } from '../world/commerce/account'
import { expectedOffers } from '../world/commerce/truth'
import { truthSettings } from '../world/commerce/truth-settings'
import { Inventory } from '../world/intershop/inventory'
import { temporaryFolder } from '../world/temporary'
import { Shopper } from './shopper'
import { ZeroWatch } from './zeros'

const SETTINGS = truthSettings({})
const folder = temporaryFolder()
afterAll(folder.remove)

let account: Account
let inventory: Inventory
let watch: ZeroWatch
let journals = 0

beforeEach(() => {
  account = new Account('acme', 200, 1)
  inventory = new Inventory(join(folder.path, `${++journals}.jsonl`))
  watch = new ZeroWatch(account, inventory, SETTINGS)
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
