import { allEnded, installed, step, until } from './playing'
import type { World } from './world'

const REPLICAS = 2
const UPDATES = 10
/** Longer than an event looks whether somebody works. */
const LOOKS_MS = 2_500

async function untilTime(world: World, at: number) {
  while (world.scheduler.now < at) if (!(await step(world))) world.scheduler.now = at
}

/** A full export is under way, for as long as the drop is closed. */
async function working(seed = 1): Promise<World> {
  const world = await installed({ seed, withoutCentra: true, mostPosts: 100 })
  world.intershop.closedUntil = world.scheduler.now + 60_000
  world.post('export')
  await until(world, () => world.vbase.names('attempts').length > 0)
  return world
}

test('exports accepted while a worker runs leave only its own work event', async () => {
  const world = await working()
  for (let posted = 0; posted < UPDATES; posted++) world.post('update')
  await until(world, () => world.accepted.length === UPDATES + 1)
  await untilTime(world, world.scheduler.now + LOOKS_MS)
  expect(world.courier.workEvents).toBe(1)
  expect(world.open.length).toBeGreaterThan(0)
  await until(world, () => allEnded(world))
})

test('an update a second never leaves more work events than replicas and one', async () => {
  const world = await working()
  for (let posted = 0; posted < 30; posted++) {
    const end = world.scheduler.now + 1_000
    world.post('update')
    while (world.scheduler.now < end) {
      await step(world)
      expect(world.courier.workEvents).toBeLessThanOrEqual(REPLICAS + 1)
    }
  }
  await until(world, () => allEnded(world))
})

test("an export accepted during a worker's last look at the queue is completed", async () => {
  for (let after = 0; after <= 3_000; after += 50) {
    const world = await installed({ withoutCentra: true, mostPosts: 100, staleMs: 500 })
    world.post('update')
    await until(world, () => allEnded(world))
    await untilTime(world, world.scheduler.now + after)
    world.post('update')
    await until(world, () => world.accepted.length === 2 && allEnded(world))
  }
})

test("an export whose worker died resumes by that worker's event, though others were acknowledged", async () => {
  const world = await working()
  world.post('update')
  await untilTime(world, world.scheduler.now + LOOKS_MS)
  expect(world.courier.workEvents).toBe(1)
  world.killWorkers()
  await until(world, () => allEnded(world))
  expect(world.accepted).toHaveLength(2)
})

test('an event whose worker died before courier took the next one comes again', async () => {
  const world = await working()
  world.trap('wake', (actor) => world.killSoon(actor))
  await until(world, () => allEnded(world))
  expect(world.report(world.accepted[0] ?? '')?.status).toBe('completed')
})

test('an event whose worker died is not taken for one of another, however soon it comes again', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const world = await working(seed)
    world.killWorkers()
    await until(world, () => allEnded(world))
  }
})
