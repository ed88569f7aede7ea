import { compare, eachDifference } from './compare'
import type { InventoryOffer } from './intershop/inventory'

const held = (quantity: number, over: Partial<InventoryOffer> = {}): InventoryOffer => ({
  quantity,
  available: quantity > 0,
  orderable: quantity > 0,
  sellerId: '1',
  file: 'a.xml',
  ...over,
})

const expected = [3, 0, 5, 6, 0, 8].map((quantity, skuId) => ({
  skuId,
  offerSku: `S${skuId}`,
  quantity,
}))

it('counts each offer once, and shows those that are wrong', async () => {
  const inventory = new Map([
    ['S0', held(3)],
    ['S1', held(0)],
    ['S2', held(4)],
    ['S3', held(6, { available: false })],
    ['S4', held(0, { orderable: true })],
    ['OLD', held(1)],
  ])
  expect(await compare(() => expected, inventory)).toEqual({
    inVtex: 6,
    inIntershop: 6,
    matching: 2,
    differing: 3,
    missing: 1,
    surplus: 1,
    examples: {
      differing: [2, 3, 4].map((skuId) => ({
        skuId,
        offerSku: `S${skuId}`,
        expected: expected[skuId]?.quantity,
        actual: inventory.get(`S${skuId}`),
      })),
      missing: [{ skuId: 5, offerSku: 'S5', expected: 8, actual: undefined }],
      surplus: ['OLD'],
    },
  })
})

it('shows each offer that differs or is missing, and no other', async () => {
  const inventory = new Map([
    ['S0', held(3)],
    ['S1', held(1)],
    ['S2', held(5)],
  ])
  const seen: number[] = []
  await eachDifference(expected, inventory, ({ skuId }) => seen.push(skuId))
  expect(seen).toEqual([1, 3, 4, 5])
})
