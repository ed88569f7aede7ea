import type { Folder } from '../../node/state/documents'
import { quiet } from './nature'
import { allEnded, expectAll, exported, installed, last, until } from './playing'
import { World } from './world'

/** A world with an export under way that has documents in this folder, which are then lost. */
async function losing(folder: Folder, route: 'export' | 'update' = 'export') {
  const world = new World({ ...quiet })
  world.post(route)
  await until(world, () => world.vbase.names(folder).length > 0)
  for (const name of world.vbase.names(folder)) world.vbase.lose(folder, name)
  return world
}

describe('an export that lost a document', () => {
  test('lists the SKUs again after losing a worklist page', async () => {
    for (const route of ['export', 'update'] as const) {
      const world = await losing('worklistPages', route)
      await until(world, () => allEnded(world))
      world.intershop.import()
      expect(last(world)?.status).toBe('completed')
      expectAll(world)
    }
  })

  test('lists the SKUs again after losing a group of a listing', async () => {
    for (const route of ['export', 'update'] as const) {
      const world = await losing('worklists', route)
      await until(world, () => allEnded(world))
      world.intershop.import()
      expect(last(world)?.status).toBe('completed')
      expectAll(world)
    }
  })

  test('ends completedWithErrors after losing every group of a listing', async () => {
    const world = await losing('worklists')
    world.vbase.losing = 'worklists'
    await until(world, () => allEnded(world))
    expect(last(world)).toMatchObject({
      status: 'completedWithErrors',
      error: { code: 'document_lost' },
      sources: { own: { status: 'failed' }, centra: { status: 'complete' } },
    })
  })

  test('fails the SKUs of one source after losing every worklist page, and no other export', async () => {
    const world = await losing('worklistPages')
    world.vbase.losing = 'worklistPages'
    await until(world, () => allEnded(world))
    world.vbase.losing = undefined
    expect(last(world)).toMatchObject({
      status: 'completedWithErrors',
      error: { code: 'document_lost' },
      // Centra's go on.
      offers: { processed: 21, sent: 6, failed: 15 },
      sources: {
        own: { status: 'failed' },
        centra: { status: 'complete' },
        sellers: { status: 'failed' },
      },
    })
    expect((await exported(world, 'export'))?.status).toBe('completed')
  })

  test('reads what its new worklist names, also among the SKUs that it read by the lost one', async () => {
    const first = 1
    const others = 0b111111110
    const world = await installed({ mostSkus: 1 })
    await exported(world, 'export')
    world.change(others)
    await until(world, () => !world.courier.hasNotifications)
    const receipts = world.vbase.names('receipts').length
    world.post('update')
    await until(world, () => world.vbase.names('receipts').length > receipts + 2)
    for (const name of world.vbase.names('worklistPages')) world.vbase.lose('worklistPages', name)
    world.change(first)
    await until(world, () => allEnded(world))
    world.intershop.import()
    expect(last(world)?.status).toBe('completed')
    expectAll(world)
  })
})
