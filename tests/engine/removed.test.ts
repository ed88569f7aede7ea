import { expectAll, exported, installed } from './playing'
import type { World } from './world'

/** Intershop sells every offer. */
async function selling(): Promise<World> {
  const world = await installed()
  world.change(0)
  world.centra.change(0)
  await exported(world, 'export')
  expectAll(world)
  return world
}

describe('a full export', () => {
  it('sends 0 for each offer of a SKU that is deleted, and that no listing names', async () => {
    const world = await selling()
    const before = world.offers()
    const [gone = 0] = world.shop.skuIds
    world.shop.deleteSku(0)
    expect((await exported(world, 'export'))?.status).toBe('completed')
    const left = world.offers()
    const removed = [...before.keys()].filter((sku) => !left.has(sku))
    expect(removed).toEqual([`${gone}`, `${gone}_centra`, `${gone}_2`])
    const zeros = removed.map((sku): [string, number] => [sku, 0])
    expect(world.intershop.imported).toEqual(new Map([...left, ...zeros]))
  })

  it('reports an offer that cannot be read as failed, and leaves its quantity as it is', async () => {
    const world = await selling()
    const [refused = 0] = world.shop.skuIds
    world.shop.refused.add(refused)
    expect(await exported(world, 'export')).toMatchObject({
      status: 'completedWithErrors',
      offers: { failed: 1 },
      failures: [{ skuId: refused, sellerId: '1' }],
    })
    expectAll(world)
  })
})
