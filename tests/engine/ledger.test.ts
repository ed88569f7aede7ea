import { quiet } from './nature'
import { World } from './world'

const LONG_MS = 150_000

async function step(world: World) {
  if (world.courier.hasLetters) world.courier.deliver(0)
  else if (world.courier.isStalled) world.wake()
  return world.scheduler.takeOne(0)
}

async function ended(world: World) {
  for (let steps = 0; steps < 100_000; steps++) {
    if (world.open.length === 0 && !world.courier.hasNotifications) return world.intershop.import()
    if (!(await step(world)) && !world.courier.hasLetters) world.wake()
  }
  throw new Error('the exports do not end')
}

async function exported(world: World, route: 'export' | 'update') {
  const before = world.accepted.length
  world.post(route)
  while (world.accepted.length === before) await step(world)
  await ended(world)
  return world.report(world.accepted.at(-1) ?? '')
}

/** All SKUs, or one of which there is no other seller, change to 1, or back to 0; VTEX has told of it. */
async function change(world: World, choice = 0) {
  world.change(choice)
  while (await world.scheduler.takeOne(0)) if (world.courier.hasLetters) world.courier.deliver(0)
  world.scheduler.now += LONG_MS
}

async function shop() {
  const world = new World({ ...quiet, repeats: true })
  await world.install()
  await exported(world, 'export')
  return world
}

const expectAll = (world: World) =>
  expect(Object.fromEntries(world.intershop.imported)).toEqual(Object.fromEntries(world.offers()))

describe('an update', () => {
  it('leaves out what Intershop holds already, and says how many; other routes send it', async () => {
    const world = await shop()
    await change(world)
    await change(world)
    const { processed, sent, unchanged } = (await exported(world, 'update'))?.offers ?? {}
    expect([sent, unchanged]).toEqual([0, processed])
    expect(processed).toBeGreaterThan(9)
    expect((await exported(world, 'export'))?.offers.unchanged).toBe(0)
  })

  it('sends what was 0, then 1, and is 0 again', async () => {
    const world = await shop()
    for (let turn = 1; turn <= 3; turn++) {
      await change(world)
      expect((await exported(world, 'update'))?.offers.unchanged).toBe(0)
      expectAll(world)
    }
  })

  it.each(['save ledger', 'remove telling', 'save delivered'])(
    'sends it also where a worker died over telling it before, at "%s"',
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

  it('sends it also where that was the last that anybody told', async () => {
    const one = 4
    const world = await shop()
    await change(world, one)
    world.trap('save ledger', (actor) => world.kill(actor))
    await exported(world, 'update')
    expect(world.vbase.names('telling')).toHaveLength(1)
    await change(world, one)
    expect((await exported(world, 'update'))?.offers).toMatchObject({ sent: 1, unchanged: 0 })
    expectAll(world)
  })
})
