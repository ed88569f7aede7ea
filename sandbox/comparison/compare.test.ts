import type { InventoryOffer } from '../world/intershop/inventory'
import { compare, eachDifference } from './compare'

const held = (quantity: number, over: Partial<InventoryOffer> = {}): InventoryOffer => ({
  quantity,
  available: quantity > 0,
  orderable: quantity > 0,
  sellerId: '1',
  file: 'a.xml',
  ...over,
})

const expected = [3, 0, 5, 6, 0, 8].map((quantity, skuId) => ({
  source: 'own stock' as const,
  skuId,
  sellerId: '1',
  offerSku: `S${skuId}`,
  quantity,
}))

it('compare counts each offer once and lists wrong ones', async () => {
  const inventory = new Map([
    ['S0', held(3)],
    ['S1', held(0)],
    ['S2', held(4)],
    ['S3', held(6, { available: false })],
    ['S4', held(0, { orderable: true })],
    ['OLD', held(1)],
  ])
  const counts = { expected: 6, matching: 2, differing: 3, missing: 1 }
  expect(await compare(() => expected, inventory)).toEqual({
    ...counts,
    sources: [{ source: 'own stock', ...counts }],
    inIntershop: 6,
    removed: 0,
    surplus: 1,
    examples: {
      differing: [2, 3, 4].map((skuId) => ({
        source: 'own stock',
        skuId,
        offerSku: `S${skuId}`,
        expected: expected[skuId]?.quantity,
        actual: inventory.get(`S${skuId}`),
      })),
      missing: [{ source: 'own stock', skuId: 5, offerSku: 'S5', expected: 8 }],
      surplus: ['OLD'],
    },
  })
})

it('compare accepts an unexpected offer only with quantity 0 and not available', async () => {
  const others = new Map([
    ['GONE', held(0)],
    ['GONE-TOO', held(0)],
    ['BUYABLE', held(0, { orderable: true })],
    ['IN-STOCK', held(2, { available: false, orderable: false })],
    ['UNKNOWN', held(0, { quantity: undefined })],
  ])
  expect(await compare(() => [], others)).toMatchObject({
    ...{ expected: 0, inIntershop: 5, removed: 2, surplus: 3 },
    examples: { surplus: ['BUYABLE', 'IN-STOCK', 'UNKNOWN'] },
  })
})

it('compare counts by source and checks the seller', async () => {
  const ofCentra = { source: 'Centra' as const, sellerId: 'nordicshop', quantity: 3 }
  const offers = [
    ...expected.slice(0, 1),
    { ...ofCentra, skuId: 0, offerSku: 'S0_nordicshop' },
    { ...ofCentra, skuId: 1, offerSku: 'S1_nordicshop' },
    { ...ofCentra, skuId: 2, offerSku: 'S2_nordicshop' },
  ]
  const inventory = new Map([
    ['S0', held(3)],
    ['S0_nordicshop', held(3, { sellerId: 'nordicshop' })],
    ['S1_nordicshop', held(3)],
  ])
  expect(await compare(() => offers, inventory)).toMatchObject({
    ...{ expected: 4, matching: 2, differing: 1, missing: 1, surplus: 0 },
    sources: [
      { source: 'own stock', expected: 1, matching: 1, differing: 0, missing: 0 },
      { source: 'Centra', expected: 3, matching: 1, differing: 1, missing: 1 },
    ],
    examples: { differing: [{ source: 'Centra', skuId: 1 }], missing: [{ skuId: 2 }] },
  })
})

it('eachDifference reports each offer that differs or is missing', async () => {
  const inventory = new Map([
    ['S0', held(3)],
    ['S1', held(1)],
    ['S2', held(5)],
  ])
  const seen: number[] = []
  await eachDifference(expected, inventory, ({ skuId }) => seen.push(skuId))
  expect(seen).toEqual([1, 3, 4, 5])
})
