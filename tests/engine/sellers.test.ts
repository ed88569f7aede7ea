import { allEnded, expectAll, exported, installed, until } from './playing'

describe('an update of own stock and other sellers', () => {
  test('loses no change reported after one was read and before the other was listed', async () => {
    const world = await installed({ mostPosts: 3 })
    world.post('update')
    // The first update lists each on its own.
    const isRead = () => world.vbase.names('receipts').some((name) => name.includes('~source=own~'))
    await until(world, isRead)
    expect(world.vbase.names('worklists').some((name) => name.includes('~source=sellers~'))).toBe(
      false
    )
    world.change(7)
    await until(world, () => allEnded(world))
    await exported(world, 'update')
    expectAll(world)
  })

  test('keeps the changes that abandoned sellers were not asked for', async () => {
    const world = await installed({ mostPosts: 3 })
    expect((await exported(world, 'update'))?.status).toBe('completed')
    world.change(7)
    world.sellers.downUntil = Number.POSITIVE_INFINITY
    expect(await exported(world, 'update')).toMatchObject({
      status: 'completedWithErrors',
      sources: { own: { status: 'complete' }, sellers: { status: 'failed' } },
    })
    world.sellers.downUntil = 0
    expect((await exported(world, 'update'))?.status).toBe('completed')
    expectAll(world)
  })
})

describe('the refresh of other sellers', () => {
  test('ends with an error while they are down, and continues with the next update', async () => {
    const world = await installed({ mostPosts: 5, refreshMinutes: 5, skus: 9, mostSkus: 3 })
    expect((await exported(world, 'update'))?.status).toBe('completed')
    await until(world, () => world.vbase.names('generations').length > 0)
    world.scheduler.now += 300_000
    world.sellers.changeUnreported(1_023)
    world.sellers.downUntil = Number.POSITIVE_INFINITY
    const began = world.scheduler.now
    expect(await exported(world, 'update')).toMatchObject({
      status: 'completedWithErrors',
      sources: { own: { status: 'complete' }, sellers: { status: 'failed' } },
      sellersRefresh: { skus: 0 },
    })
    expect(world.scheduler.now - began).toBeLessThan(300_000)
    world.sellers.downUntil = 0
    expect(await exported(world, 'update')).toMatchObject({
      status: 'completed',
      sellersRefresh: { skus: world.sellers.skuIds.length, oldestAgeMinutes: expect.any(Number) },
    })
    expectAll(world)
  })

  test('sends nothing in a dry run, and refreshes nothing', async () => {
    const world = await installed({ mostPosts: 5, refreshMinutes: 5 })
    await exported(world, 'update')
    await until(world, () => world.vbase.names('generations').length > 0)
    world.scheduler.now += 300_000
    const report = await exported(world, 'update', { dryRun: true })
    expect(report?.sellersRefresh).toBeUndefined()
  })
})
