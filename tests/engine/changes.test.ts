import { allEnded, expectAll, exported as exportedOf, installed, until } from './playing'
import type { World } from './world'

/** A worker that died left its event to be delivered once more, or nobody: then the schedule wakes the line. */
const exported = (world: World, route: 'export' | 'update') =>
  exportedOf(world, route, { stuck: () => world.wake() })

/** SKUs change, and the app is told. */
async function change(world: World, choice = 0) {
  world.change(choice)
  await until(world, () => !world.courier.hasNotifications)
}

describe('a change', () => {
  it.each([
    'save worklists',
    'save worklistPages',
    'save receipts',
    'remove pending',
    'save ended',
  ])('reaches Intershop although its worker died at "%s"', async (where) => {
    const world = await installed()
    await exported(world, 'export')
    await change(world)
    world.trap(where, (actor) => world.kill(actor))
    await exported(world, 'update')
    expectAll(world)
  })

  it('reported while an update reads is left to the next one', async () => {
    const world = await installed()
    await exported(world, 'export')
    await change(world, 1)
    world.trap('renamed', () => world.change(0))
    await exported(world, 'update')
    await until(world, () => !world.courier.hasNotifications)
    await exported(world, 'update')
    expectAll(world)
  })

  it('sent later is imported later, whatever the clocks of the workers say', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const world = await installed({ seed, skewMs: 40_000 })
      await exported(world, 'export')
      for (const skew of [20_000, -20_000, 20_000, -20_000]) {
        world.skew = skew
        await change(world)
        const before = world.accepted.length
        world.post('update')
        // Another worker reads the next one.
        const isIdle = () => allEnded(world) && world.courier.isStalled
        await until(world, () => world.accepted.length > before && isIdle())
      }
      world.intershop.import()
      expectAll(world)
    }
  })
})
