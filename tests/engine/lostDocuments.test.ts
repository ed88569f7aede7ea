import type { Folder } from '../../node/state/documents'
import { quiet } from './nature'
import { World } from './world'

const MOST_STEPS = 100_000

async function step(world: World) {
  if (world.courier.hasLetters) world.courier.deliver(0)
  return world.scheduler.takeOne(0)
}

async function untilEnded(world: World) {
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (world.accepted.length > 0 && world.open.length === 0) return
    if (!(await step(world))) throw new Error('nobody has anything left to do')
  }
  throw new Error('the exports do not end')
}

/** A world with an export under way that has documents in this folder, which are then lost. */
async function losing(folder: Folder, route: 'export' | 'update' = 'export') {
  const world = new World({ ...quiet })
  world.post(route)
  while (world.vbase.names(folder).length === 0) await step(world)
  for (const name of world.vbase.names(folder)) world.vbase.lose(folder, name)
  return world
}

function expectAll(world: World) {
  const held = Object.fromEntries(world.intershop.imported)
  expect(held).toEqual(Object.fromEntries(world.offers()))
}

const last = (world: World) => world.report(world.accepted.at(-1) ?? '')

describe('a document that was saved and is lost', () => {
  test('as part of a list has the SKUs listed anew', async () => {
    for (const route of ['export', 'update'] as const) {
      const world = await losing('chunks', route)
      await untilEnded(world)
      world.intershop.import()
      expect(last(world)?.status).toBe('completed')
      expectAll(world)
    }
  })

  test('as part of each list ends its export in time, with its SKUs as failed, and no other one', async () => {
    const world = await losing('chunks')
    world.vbase.losing = 'chunks'
    await untilEnded(world)
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
    world.post('export')
    while (world.accepted.length < 2) await step(world)
    await untilEnded(world)
    expect(last(world)?.status).toBe('completed')
  })

  test('with a saved part is read again', async () => {
    const world = await losing('parts')
    world.change(7)
    await untilEnded(world)
    world.intershop.import()
    expect(last(world)?.status).toBe('completed')
    expectAll(world)
  })
})
