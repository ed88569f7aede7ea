import { appendFileSync } from 'fs'
import { join } from 'path'
import { temporaryFolder } from '../../common/temporary-folder'
import { Account } from './account'
import { bindingsOf, boundTo } from './bindings'
import { persistAccount } from './journal'

const folder = temporaryFolder()
afterAll(folder.remove)

const start = () => {
  const account = new Account('sandbox', 100, 1)
  persistAccount(account, join(folder.path, 'changes.jsonl'))
  return account
}

it('persistAccount replays all changes except an incomplete and a rejected one', () => {
  const account = start()
  const [first = 0, second = 0] = account.catalog.ids()
  account.setBalance(first, '1_1', { total: 77, reserved: 0 })
  account.sell(first, 2)
  const added = account.addSku({ refId: 'NEW' })
  account.setRefId(added, 'NEWER')
  account.setPrice(first, 12.5)
  account.removeSku(second)
  account.setComponents(added, [{ skuId: first, quantity: 3 }])
  account.marketplace.bind('31', added, { active: true, quantity: 4 })
  account.marketplace.setSeller('2', false)
  const [bound] = boundTo(account, account.sellers[3] ?? fail(), 0, 1)
  account.marketplace.unbind('nordicshop', bound?.skuId ?? 0)
  expect(() => account.setActive(second, true)).toThrow('there is no SKU')
  const refused = JSON.stringify({ change: 'sell', skuId: first, units: 9999 })
  appendFileSync(join(folder.path, 'changes.jsonl'), `${refused}\n{"change":"remo`)

  start().setActive(first, false)

  const again = start()
  expect(again.balances(first)).toEqual(account.balances(first))
  expect(again.sku(added)).toEqual(account.sku(added))
  expect(again.sku(second)).toBeUndefined()
  expect(again.price(first)).toBe(12.5)
  expect(again.kits.components(added)).toEqual([{ skuId: first, quantity: 3 }])
  expect(again.sku(first)?.active).toBe(false)
  expect(again.sellers).toEqual(account.sellers)
  expect(bindingsOf(again, bound?.skuId ?? 0)).toEqual(bindingsOf(account, bound?.skuId ?? 0))
  expect(again.marketplace.isUnbound('nordicshop', bound?.skuId ?? 0)).toBe(true)
  expect(bindingsOf(again, added)).toMatchObject([{ seller: { id: '31' }, quantity: 4 }])
})

function fail(): never {
  throw new Error('no such seller')
}
