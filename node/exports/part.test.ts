import { parseSettings } from '../settings/settings'
import { partOf } from './part'

const settings = parseSettings({ sftpHost: 'drop', sftpUser: 'vtex', sftpPassword: 'secret' })

it('partOf reports an offer without an Intershop SKU as unmapped, with its SKU and row id', () => {
  const offer = { sellerId: 'c', quantity: 5, observedAt: 7 }
  const offers = [
    { ...offer, skuId: 1, rowId: 10 },
    { ...offer, skuId: 2, rowId: 20, refId: 'R2' },
    { ...offer, skuId: 3 },
  ]
  const part = partOf({ read: 3, offers, failures: [], unmapped: [] }, settings)
  expect(part.counts).toMatchObject({ processed: 3, sent: 1, unmapped: 2 })
  expect(part.offers.map(({ skuId }) => skuId)).toEqual([2])
  expect(part.unmapped).toMatchObject([
    { skuId: 1, rowId: 10, sellerId: 'c', code: 'unmapped' },
    { skuId: 3, sellerId: 'c', code: 'unmapped' },
  ])
  expect(part.unmapped[1]?.rowId).toBeUndefined()
})
