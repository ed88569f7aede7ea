import { parseSettings } from '../settings/settings'
import { batchResultOf } from './batchResult'

const settings = parseSettings({ sftpHost: 'drop', sftpUser: 'vtex', sftpPassword: 'secret' })

it('partOf reports an offer without an Intershop SKU as unmapped, with its SKU and row id', () => {
  const offer = { sellerId: 'c', quantity: 5, observedAt: 7 }
  const offers = [
    { ...offer, skuId: 1, rowId: 10 },
    { ...offer, skuId: 2, rowId: 20, refId: 'R2' },
    { ...offer, skuId: 3 },
  ]
  const part = batchResultOf({ read: 3, offers, failures: [], unmapped: [] }, settings)
  expect(part.counts).toMatchObject({ processed: 3, sent: 1, unmapped: 2 })
  expect(part.offers.map(({ skuId }) => skuId)).toEqual([2])
  expect(part.unmapped).toMatchObject([
    { skuId: 1, rowId: 10, sellerId: 'c', code: 'unmapped' },
    { skuId: 3, sellerId: 'c', code: 'unmapped' },
  ])
  expect(part.unmapped[1]?.rowId).toBeUndefined()
})

it('partOf leaves what IOM cannot carry unmapped, with the reason, and nothing of it for ICM', () => {
  const iom = parseSettings({
    ...{ sftpHost: 'drop', sftpUser: 'vtex', sftpPassword: 'secret' },
    ...{ delivery: 'iom-sftp', iomShopId: '10000', iomSuppliers: '1=20010' },
  })
  const offer = { quantity: 5, observedAt: 7 }
  const offers = [
    { ...offer, skuId: 1, sellerId: '1', refId: 'R1' },
    { ...offer, skuId: 2, sellerId: '1', refId: 'R|2' },
    { ...offer, skuId: 3, sellerId: 'other', refId: 'R3' },
  ]
  const found = { read: 3, offers, failures: [], unmapped: [] }
  const part = batchResultOf(found, iom)
  expect(part.counts).toMatchObject({ processed: 3, sent: 1, unmapped: 2 })
  expect(part.unmapped).toMatchObject([
    { skuId: 2, code: 'unmapped', message: expect.stringContaining('|') },
    { skuId: 3, code: 'unmapped', message: 'iomSuppliers has no supplier for seller other' },
  ])
  expect(batchResultOf(found, settings).counts).toMatchObject({ sent: 3, unmapped: 0 })
})
