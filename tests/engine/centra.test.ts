import { quiet } from './nature'
import { World } from './world'

async function step(world: World) {
  if (world.courier.hasLetters) world.courier.deliver(0)
  return world.scheduler.takeOne(0)
}

async function untilEnded(world: World) {
  for (let steps = 0; steps < 100_000; steps++) {
    if (world.accepted.length > 0 && world.open.length === 0) return world.intershop.import()
    if (!(await step(world))) throw new Error('nobody has anything left to do')
  }
  throw new Error('the exports do not end')
}

async function exported(world: World, route: 'export' | 'update') {
  const before = world.accepted.length
  world.post(route)
  while (world.accepted.length === before) await step(world)
  await untilEnded(world)
  return world.report(world.accepted.at(-1) ?? '')
}

const expectAll = (world: World) =>
  expect(Object.fromEntries(world.intershop.imported)).toEqual(Object.fromEntries(world.offers()))

const isDeliveredOfCentra = (world: World) =>
  world.vbase.names('delivered').some((name) => name.includes('~centra~'))

describe("Centra's watermark", () => {
  it('is from before the reading: what changes in Centra until the export ends is in the next update', async () => {
    const world = new World({ ...quiet })
    await world.install()
    world.post('export')
    while (!isDeliveredOfCentra(world)) await step(world)
    world.centra.change(0)
    await untilEnded(world)
    await exported(world, 'update')
    expectAll(world)
  })

  it('does not move where Centra was given up, and what it missed is in the next update', async () => {
    const world = new World({ ...quiet })
    await world.install()
    await exported(world, 'export')
    const [mark] = world.vbase.names('watermarks')
    world.centra.change(0)
    world.centra.downUntil = Number.POSITIVE_INFINITY
    const { status, sources } = (await exported(world, 'update')) ?? {}
    expect([status, sources?.own?.status]).toEqual(['completedWithErrors', 'complete'])
    expect(sources?.centra).toMatchObject({
      status: 'failed',
      error: { code: 'upstream_down', message: expect.stringContaining('Centra: no answer') },
    })
    expect(world.vbase.names('watermarks')).toEqual([mark])
    world.centra.downUntil = 0
    expect((await exported(world, 'update'))?.status).toBe('completed')
    expectAll(world)
  })

  it('does not move past a row that has no id', async () => {
    const world = new World({ ...quiet })
    await world.install()
    await exported(world, 'export')
    const marks = world.vbase.names('watermarks')
    world.centra.change(0)
    world.centra.nameless = true
    expect((await exported(world, 'update'))?.status).toBe('completedWithErrors')
    expect(world.vbase.names('watermarks')).toEqual(marks)
    world.centra.nameless = false
    await exported(world, 'update')
    expectAll(world)
  })
})

describe("a row of Centra's that cannot be understood", () => {
  it('is asked for again by the next updates, ten times in all; then a person has to look', async () => {
    const world = new World({ ...quiet, mostPosts: 20 })
    await world.install()
    const [rowId = 0] = world.centra.rows.keys()
    world.centra.failing.set(rowId, Number.POSITIVE_INFINITY)
    const people: unknown[] = []
    for (let update = 1; update <= 11; update++) {
      const report = await exported(world, 'update')
      people.push(report?.needPersonRows)
      expect(report?.offers.failed).toBe(update <= 10 ? 1 : 0)
    }
    expect(people).toEqual([...Array(9).fill(undefined), [rowId], undefined])
  })
})
