import type { MappedOffer } from '../offers/stockOffer'
import { iomSftp, unpublishable } from './iomSftp'

const settings = {
  delivery: 'iom-sftp' as const,
  iomShopId: '10000',
  iomSuppliers: new Map([
    ['1', '20010'],
    ['2', '20020'],
    ['3', '20020'],
  ]),
}
const version = Date.UTC(2026, 10, 21, 20, 5, 9, 999)

const offer = (offerSku: string, sellerId = '1', quantity = 250): MappedOffer => {
  return { skuId: 1, sellerId, quantity, observedAt: version, offerSku }
}

async function files(...offers: MappedOffer[]) {
  const found: Array<{ name: string; content: string }> = []
  for await (const file of iomSftp(settings).files({ version, offers })) found.push(file)
  return found
}

describe('iomSftp.files', () => {
  it('returns the file that IOM imports, without prices', async () => {
    expect(await files(offer('636125'), offer('sold out', '1', 0))).toEqual([
      {
        name: '10000_20010_20261121200509_BCG.csv',
        content:
          'supplierArticleNo|currency|purchasePrice|listPrice|stockLevel|stockType|availabilityInDays|salesPrice|basicPrice|basicPriceUnitValue|basicPriceUnit|salesPriceOld|provisionType|provisionPercentage|taxType|isBestseller\n' +
          '636125||||250|1|0|||||||||\n' +
          'sold out||||0|1|0|||||||||\n',
      },
    ])
  })

  it('returns one file for each supplier, with the offers of all its sellers', async () => {
    const found = await files(offer('A'), offer('B_2', '2'), offer('C'), offer('D_3', '3'))
    expect(found.map(({ name }) => name.split('_')[1])).toEqual(['20010', '20020'])
    const skus = found.map(({ content }) => content.split('\n').slice(1, -1))
    expect(skus.map((rows) => rows.map((row) => row.split('|')[0]))).toEqual([
      ['A', 'C'],
      ['B_2', 'D_3'],
    ])
  })

  it('leaves out what IOM never had', async () => {
    expect(await files(offer('A|B'), offer('C', 'unknown'))).toEqual([])
  })
})

describe('unpublishable', () => {
  it.each([
    ['A-1 "é" 🧦', '1', undefined],
    ['A', '4', 'iomSuppliers has no supplier for seller 4'],
    ['A|1', '1', 'cannot carry'],
    ['A\n1', '1', 'cannot carry'],
    ['A\u0085', '1', 'cannot carry'],
    ['A\u2028', '1', 'cannot carry'],
  ])('returns for %j of seller %s: %s', (offerSku, sellerId, expected) => {
    const reason = unpublishable({ offerSku, sellerId }, settings)
    if (expected === undefined) expect(reason).toBeUndefined()
    else expect(reason).toContain(expected)
  })
})
