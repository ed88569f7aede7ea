import { allEnded, expectAll, exported, installed, until } from './playing'

describe('own stock and other sellers in one export', () => {
  test('lose no change that came when one was read and the other not yet listed', async () => {
    const world = await installed({ mostPosts: 3 })
    world.post('update')
    // The first update lists each on its own.
    const isRead = () =>
      world.vbase.names('delivered').some((name) => name.includes('~source=own~'))
    await until(world, isRead)
    expect(world.vbase.names('lists').some((name) => name.includes('~source=sellers~'))).toBe(false)
    world.change(7)
    await until(world, () => allEnded(world))
    await exported(world, 'update')
    expectAll(world)
  })

  test('of which the sellers were given up: the changes of which they were not asked stay to be read', async () => {
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
