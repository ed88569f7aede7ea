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
