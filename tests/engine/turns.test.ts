import type { ExportRequest } from '../../node/exports/scope'
import { exported, installed, step } from './playing'
import type { World } from './world'

/** Far more than a full export of a few SKUs may let pass. */
const MOST_UPDATES = 60

/** Exports that wait for their turn, besides one. */
function waiting(world: World, but: string | undefined): number {
  const plans = world.vbase.names('plans')
  const isPlanned = (id: string) => plans.some((name) => name.startsWith(id))
  return world.vbase.names('exports').filter((id) => id !== but && !isPlanned(id)).length
}

const routeOf = (world: World, exportId: string) =>
  (world.vbase.document('exports', exportId) as ExportRequest).route

test('a full export ends though an update waits all the time, and none of them finds anything', async () => {
  const world = await installed({ withoutCentra: true, mostPosts: 100 })
  await exported(world, 'export')
  await exported(world, 'update')
  world.post('update')
  world.post('export')
  while (waiting(world, undefined) < 2) await step(world)
  const full = world.vbase.names('exports').find((id) => routeOf(world, id) === 'export') ?? ''
  let updates = 0
  while (world.report(full) === null) {
    if (waiting(world, full) === 0) {
      const accepted = world.accepted.length
      world.post('update')
      updates++
      expect(updates).toBeLessThan(MOST_UPDATES)
      while (world.accepted.length === accepted) await step(world)
    }
    await step(world)
  }
  expect(world.report(full)?.route).toBe('export')
  expect(updates).toBeGreaterThan(3)
})
