import type { ExportRequest } from '../../node/exports/exportRequest'
import type { Report } from '../../node/exports/report'
import { allEnded, exported, installed, step, until } from './playing'
import type { World } from './world'

/** Far more than a full export of a few SKUs may let pass. */
const MOST_UPDATES = 60

const POSTED_EVERY_MS = 700

/** Exports that wait for their turn, besides one. */
function waiting(world: World, but: string | undefined): number {
  const plans = world.vbase.names('plans')
  const isPlanned = (id: string) => plans.some((name) => name.startsWith(id))
  return world.vbase.names('exports').filter((id) => id !== but && !isPlanned(id)).length
}

const lastingMs = (report: Report | null) =>
  Date.parse(report?.endedAt ?? '') - Date.parse(report?.acceptedAt ?? '')

const routeOf = (world: World, exportId: string) =>
  (world.vbase.document('exports', exportId) as ExportRequest).route

test('a full export completes though updates without changes are queued all the time', async () => {
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

test('a full export of 2 s ends within 20 s though an update is posted every 0.7 s', async () => {
  // Each source is read in one batch, as in 2 s it would be.
  const nature = { seed: 5, skus: 6, stepMs: 18 }
  const world = await installed({ ...nature, withoutCentra: true, mostPosts: 100 })
  await exported(world, 'export')
  await exported(world, 'update')
  const alone = await exported(world, 'export')
  expect(lastingMs(alone)).toBeGreaterThanOrEqual(2_000)
  const before = world.accepted.length
  world.post('export')
  await until(world, () => world.accepted.length > before)
  const full = world.accepted.at(-1) ?? ''
  for (let next = world.scheduler.now; world.report(full) === null; await step(world)) {
    if (world.scheduler.now < next) continue
    world.post('update')
    next += POSTED_EVERY_MS
  }
  expect(lastingMs(world.report(full))).toBeLessThanOrEqual(20_000)
  expect(world.accepted.length - before).toBeGreaterThan(3)
})

test('what a full export reads after an update is imported after it, though it was accepted before', async () => {
  const world = await installed({ withoutCentra: true, mostSkus: 1 })
  await exported(world, 'export')
  const before = world.vbase.names('receipts').length
  world.post('export')
  await until(world, () => world.vbase.names('receipts').length > before)
  world.change(0)
  await until(world, () => !world.courier.hasNotifications)
  world.post('update')
  await until(world, () => world.report(world.accepted[2] ?? '') !== null)
  expect(world.report(world.accepted[1] ?? '')).toBeNull()
  world.change(0)
  await until(world, () => allEnded(world))
  world.intershop.import()
  const skuId = world.shop.skuIds.at(-1) ?? 0
  expect(world.intershop.imported.get(String(skuId))).toBe(world.shop.stock.get(skuId))
})
