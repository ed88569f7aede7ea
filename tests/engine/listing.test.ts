import { listingNames } from '../../node/exports/documentNames'
import { nobody } from './courier'
import { expectAll, exported, installed, last, step, until } from './playing'
import { FIRST_SKU } from './shop'
import type { World } from './world'

const SKUS = 20_000
const PAGES = 20
const KILLED_EVERY_MS = 45_000

/** What was saved of the listing of own stock for the first export: groups, then the list. */
const listedIn = (world: World) =>
  world.vbase
    .names('worklists', world.accepted[0])
    .map((name) => listingNames.parse(name))
    .filter((name) => name !== undefined)
    .filter(({ source }) => source === 'own')

const listIn = (world: World) => {
  const name = listedIn(world).find(({ number }) => number === undefined)
  return name && (world.vbase.document('worklists', listingNames.build(name)) as { total: number })
}

/** Whoever is at work dies, again and again. */
function killing(world: World) {
  let killedAt = world.scheduler.now
  return () => {
    if (world.scheduler.now < killedAt + KILLED_EVERY_MS) return
    killedAt = world.scheduler.now
    for (const actor of world.scheduler.actors) if (actor !== nobody) world.kill(actor)
  }
}

test('an export lists 20,000 SKUs at 20 calls a minute despite worker deaths, and a window ends first', async () => {
  const nature = { skus: SKUS, mostSkus: 10_000, stepMs: 1, withoutCentra: true }
  const world = await installed(nature)
  Object.assign(world.shop.pages, { skus: SKUS / PAGES, everyMs: 3_000 })
  world.post('export')
  await until(world, () => world.accepted.length === 1)
  const kill = killing(world)
  const underFire = (isSo: () => boolean) =>
    until(
      world,
      () => {
        kill()
        return isSo()
      },
      () => world.wake()
    )
  await underFire(() => listedIn(world).length > 2)
  world.courier.post({ changed: [FIRST_SKU] })
  world.post('time', { minutes: 1 })
  await until(world, () => world.accepted.length === 2)
  const [full = '', window = ''] = world.accepted
  await underFire(() => world.report(window) !== null)
  expect(listIn(world)).toBeUndefined()
  await underFire(() => listIn(world) !== undefined)
  expect(listIn(world)?.total).toBe(SKUS)
  // Those that died over a page asked for it in vain.
  expect(world.shop.pages.calls).toBeLessThan(2 * PAGES)
  await underFire(() =>
    world.vbase
      .names('receipts')
      .some((name) => name.includes(`~exportId=${full}~source=own~from=0~`))
  )
})

describe('POST /update', () => {
  test('saves its plan and no worklist without pending changes', async () => {
    const world = await installed({ withoutCentra: true })
    await exported(world, 'update')
    const before = world.vbase.names('worklists')
    await exported(world, 'update')
    expect(last(world)).toMatchObject({ status: 'completed', skus: { planned: 0, read: 0 } })
    expect(world.vbase.names('worklists')).toEqual(before)
  })

  test('saves one worklist of changes for own stock and other sellers', async () => {
    const world = await installed()
    await exported(world, 'update')
    world.change(7)
    while (world.courier.hasNotifications) await step(world)
    const before = world.vbase.names('worklistPages').length
    await exported(world, 'update')
    const names = world.vbase
      .names('worklists', world.accepted.at(-1))
      .map((name) => listingNames.parse(name))
    expect(names.map((name) => name?.source)).toEqual(['own', 'sellers'])
    expect(world.vbase.names('worklistPages')).toHaveLength(before + 1)
    expectAll(world)
  })
})
