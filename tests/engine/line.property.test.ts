import fc from 'fast-check'

import { type Happening, happen, histories } from './histories'
import type { Nature } from './nature'
import { World } from './world'

const MOST_QUIET_STEPS = 100_000
/** A run that waits for an import lasts longest. */
const RESTS_AFTER_MS = 60_000
/** More than a round's five minutes: clocks differ. */
const UPDATES_A_ROUND = 8
const ROUND_UPDATE_EVERY_MS = 50_000
/** Two replicas, and one. */
const MOST_WORK_EVENTS = 3

/** No more faults: whoever is alive goes on, courier delivers, and only what it lost needs a wake-up. */
async function calmDown(world: World) {
  world.vbase.failing.writes = 0
  world.vbase.manners.leaseLost = 0
  world.nature.doubledShare = 0
  world.scheduler.stepMs = 3
  world.trap('', () => undefined)
  world.intershop.closedUntil = 0
  world.icm.failing = 0
  world.icm.losing = 0
  world.shop.failing.clear()
  world.centra.downUntil = 0
  world.sellers.downUntil = 0
  const restsFrom = world.scheduler.now + RESTS_AFTER_MS
  for (let steps = 0; steps < MOST_QUIET_STEPS; steps++) {
    const { courier } = world
    if (world.scheduler.now > restsFrom && !world.isAnybodyFrozen) {
      expect(courier.workEvents).toBeLessThanOrEqual(MOST_WORK_EVENTS)
    }
    if (courier.hasLetters) courier.deliver(0)
    if (await world.scheduler.takeOne(0)) continue
    if (world.open.length === 0 && !courier.hasNotifications) break
    if (!courier.isStalled) throw new Error('a run has nothing left to do and never answers')
    if (courier.lost === 0) throw new Error('the line stands still though courier lost no event')
    world.wake()
  }
  world.icm.advance()
  world.intershop.import()
}

/** A last export once all is quiet: the one before may have been narrowed to what changed. */
async function finale(world: World, route: 'export' | 'update' | 'time') {
  world.nature.mostPosts = Number.POSITIVE_INFINITY
  world.centra.failing.clear()
  world.sellers.failing.clear()
  // Older deliveries may carry a moment from a clock that was ahead; a listing may lack what is this young.
  world.scheduler.now += world.nature.skewMs + world.nature.staleMs
  // Updates come a while after each other, as a rule.
  if (world.nature.seed % 2 === 0) world.scheduler.now += 150_000
  world.post(route, route === 'time' ? { minutes: 59 } : {})
  await calmDown(world)
}

/** Updates for as long as it takes to read all offers of other sellers again. */
async function round(world: World) {
  for (let update = 1; update <= UPDATES_A_ROUND; update++) {
    world.scheduler.now += ROUND_UPDATE_EVERY_MS
    world.post('update')
    await calmDown(world)
  }
}

function expectEnds(world: World) {
  expect(world.open).toEqual([])
  for (const exportId of world.accepted) {
    const { status } = world.report(exportId) ?? {}
    expect(['completed', 'completedWithErrors']).toContain(status)
  }
}

function expectNothingOlder({ intershop }: World) {
  for (const [sku, highest] of intershop.highest) {
    expect([sku, intershop.imported.get(sku)]).toEqual([sku, highest])
  }
}

/** @param gone a quantity may fall to 0 where it is */
async function live(
  kind: Nature,
  happenings: readonly Happening[],
  gone?: 'some are gone'
): Promise<World> {
  const world = new World({ ...kind })
  await world.install()
  world.post('export')
  for (const each of happenings) await happen(world, each)
  await calmDown(world)
  expectEnds(world)
  if (!kind.repeats && !gone) expectNothingOlder(world)
  return world
}

const sorted = (offers: ReadonlyMap<string, number>) =>
  [...offers].sort(([a], [b]) => (a < b ? -1 : 1))

/** After these, exports end with errors. */
const FAILURES: readonly Happening['what'][] = [
  ...(['skuFails', 'rowFails', 'offerFails', 'deleteSku', 'importFails'] as const),
]

/** Only an export of everything notices what is gone. */
const withoutRemoved = (happenings: readonly Happening[]) =>
  happenings.filter(({ what }) => what !== 'deleteSku')

const RUNS = {
  numRuns: Number(process.env.PROPERTY_RUNS ?? 50),
  // Making a long history shorter takes minutes, and is for people only.
  endOnFailure: process.env.PROPERTY_SHRINK !== 'yes',
  ...(process.env.PROPERTY_SEED && {
    seed: Number(process.env.PROPERTY_SEED),
    path: process.env.PROPERTY_PATH ?? '',
  }),
}

// Five seconds for a history: the machine may be busy with others.
jest.setTimeout(5_000 * RUNS.numRuns)

/** With PROPERTY_STOP the first failure is enough: what comes after it is not asked any more. */
let isOver = false

const holds = async (
  check: (kind: Nature, happenings: readonly Happening[]) => Promise<void>,
  share = 1
) => {
  if (isOver) return
  const property = fc.asyncProperty(histories, ({ kind, happenings }) => check(kind, happenings))
  try {
    await fc.assert(property, { ...RUNS, numRuns: Math.ceil(RUNS.numRuns * share) })
  } catch (thrown) {
    isOver = process.env.PROPERTY_STOP === 'yes'
    throw thrown
  }
}

describe('the queue, whatever happens to workers, VBase, courier and Intershop,', () => {
  test('completes every accepted export with the result of a run without faults', async () => {
    await holds(async (kind, happenings) => {
      const world = await live(
        { ...kind, repeats: false },
        happenings.filter(({ what }) => !FAILURES.includes(what))
      )
      for (const exportId of world.accepted) {
        expect(world.report(exportId)?.status).toBe('completed')
      }
      for (const [sku, quantity] of world.atLastAccept) {
        expect(world.intershop.imported.get(sku)).toBeGreaterThanOrEqual(quantity)
      }
    })
  })

  test('ends with Intershop as VTEX and Centra say after one last quiet update', async () => {
    await holds(async (kind, happenings) => {
      const world = await live(kind, withoutRemoved(happenings))
      await finale(world, 'update')
      expectEnds(world)
      if (!kind.repeats) expectNothingOlder(world)
      const unreported = world.unreported()
      const reported = (offers: ReadonlyMap<string, number>) =>
        sorted(offers).filter(([sku]) => !unreported.has(sku))
      expect(reported(world.intershop.imported)).toEqual(reported(world.offers()))
      expect(world.vbase.names('pending')).toEqual([])
      // What it reads is folded into the ledger's shards: offers that came since are not refreshed.
      await finale(world, 'export')
      world.sellers.changeUnreported(1_023)
      await round(world)
      if (!kind.repeats) expectNothingOlder(world)
      expect(sorted(world.intershop.imported)).toEqual(sorted(world.offers()))
    })
  })

  test('sends every change in a window over all that happened', async () => {
    await holds(async (kind, happenings) => {
      const world = await live(kind, withoutRemoved(happenings))
      await finale(world, 'time')
      const offers = world.offers()
      for (const sku of world.changed()) {
        expect([sku, world.intershop.imported.get(sku)]).toEqual([sku, offers.get(sku)])
      }
    }, 0.5)
  })

  test('sends 0 for removed offers and the rest as it is in a last full export', async () => {
    await holds(async (kind, happenings) => {
      const world = await live({ ...kind, repeats: false }, happenings, 'some are gone')
      await finale(world, 'export')
      expectEnds(world)
      const offers = world.offers()
      for (const [sku, quantity] of world.intershop.imported) {
        expect([sku, quantity]).toEqual([sku, offers.get(sku) ?? 0])
      }
      for (const [sku, quantity] of offers) {
        expect([sku, world.intershop.imported.get(sku)]).toEqual([sku, quantity])
      }
    }, 0.5)
  })
})
