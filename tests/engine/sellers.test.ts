import { quiet } from './nature'
import { World } from './world'

const MOST_STEPS = 100_000

async function step(world: World) {
  if (world.courier.hasLetters) world.courier.deliver(0)
  return world.scheduler.takeOne(0)
}

async function until(world: World, isSo: () => boolean) {
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (isSo()) return
    if (!(await step(world))) throw new Error('nobody has anything left to do')
  }
  throw new Error('it does not come to that')
}

const allEnded = (world: World) => world.accepted.length > 0 && world.open.length === 0

async function update(world: World) {
  const before = world.accepted.length
  world.post('update')
  await until(world, () => world.accepted.length > before && allEnded(world))
  world.intershop.import()
  return world.report(world.accepted.at(-1) ?? '')
}

const offers = (of: ReadonlyMap<string, number>) => Object.fromEntries(of)

describe('own stock and other sellers in one export', () => {
  test('lose no change that came when one was read and the other not yet listed', async () => {
    const world = new World({ ...quiet, mostPosts: 3 })
    await world.install()
    world.post('update')
    // The first update lists each on its own.
    const isRead = () => world.vbase.names('delivered').some((name) => name.includes('~own~'))
    await until(world, isRead)
    expect(world.vbase.names('lists').some((name) => name.includes('~sellers~'))).toBe(false)
    world.change(7)
    await until(world, () => allEnded(world))
    await update(world)
    expect(offers(world.intershop.imported)).toEqual(offers(world.offers()))
  })

  test('of which the sellers were given up: the changes of which they were not asked stay to be read', async () => {
    const world = new World({ ...quiet, mostPosts: 3 })
    await world.install()
    expect((await update(world))?.status).toBe('completed')
    world.change(7)
    world.sellers.downUntil = Number.POSITIVE_INFINITY
    expect(await update(world)).toMatchObject({
      status: 'completedWithErrors',
      sources: { own: { status: 'complete' }, sellers: { status: 'failed' } },
    })
    world.sellers.downUntil = 0
    expect((await update(world))?.status).toBe('completed')
    expect(offers(world.intershop.imported)).toEqual(offers(world.offers()))
  })
})
