import { expectAll, exported as exportedOf, installed } from './playing'
import type { World } from './world'

const LONG_MS = 150_000

/** A worker that died left its event to be delivered once more, or nobody: then the schedule wakes the line. */
const exported = (world: World, route: 'export' | 'update') =>
  exportedOf(world, route, { stuck: () => world.wake() })

/** All SKUs, or one of which there is no other seller, change to 1, or back to 0; VTEX has told of it. */
async function change(world: World, choice = 0) {
  world.change(choice)
  while (await world.scheduler.takeOne(0)) if (world.courier.hasLetters) world.courier.deliver(0)
  world.scheduler.now += LONG_MS
}

async function shop() {
  const world = await installed({ repeats: true })
  await exported(world, 'export')
  return world
}

describe('POST /update', () => {
  it('leaves out and counts offers that were sent with the same quantity; other routes send them', async () => {
    const world = await shop()
    await change(world)
    await change(world)
    const { processed, sent, unchanged } = (await exported(world, 'update'))?.offers ?? {}
    expect([sent, unchanged]).toEqual([0, processed])
    expect(processed).toBeGreaterThan(9)
    expect((await exported(world, 'export'))?.offers.unchanged).toBe(0)
  })

  it('sends a quantity that goes from 0 to 1 and back to 0', async () => {
    const world = await shop()
    for (let turn = 1; turn <= 3; turn++) {
      await change(world)
      expect((await exported(world, 'update'))?.offers.unchanged).toBe(0)
      expectAll(world)
    }
  })

  it.each(['save ledger', 'save generations', 'save receipts', 'write', 'renamed'])(
    'sends a quantity again after a worker died while publishing it, at "%s"',
    async (where) => {
      const world = await shop()
      await change(world)
      world.trap(where, (actor) => world.kill(actor))
      await exported(world, 'update')
      expectAll(world)
      await change(world)
      await exported(world, 'update')
      expectAll(world)
    }
  )

  it.each([
    ['renamed', 'and is as it was again'],
    ['write', 'and is as it was about to be'],
  ])('sends what a worker that died at "%s" had in hand, %s', async (where, now) => {
    const one = 4
    const world = await shop()
    await change(world, one)
    const { refused, skuIds } = world.shop
    world.trap(where, (actor) => {
      world.kill(actor)
      if (now === 'and is as it was again') world.change(one)
      // Whoever goes on cannot make it good.
      for (const skuId of skuIds) refused.add(skuId)
    })
    await exported(world, 'update')
    refused.clear()
    world.scheduler.now += LONG_MS
    await exported(world, 'update')
    expectAll(world)
  })

  it('sends a quantity again if the last batch that sent it was not committed', async () => {
    const one = 4
    const world = await shop()
    await change(world, one)
    world.trap('renamed', (actor) => world.killSoon(actor))
    await exported(world, 'update')
    await change(world, one)
    expect((await exported(world, 'update'))?.offers).toMatchObject({ sent: 1, unchanged: 0 })
    expectAll(world)
  })
})
