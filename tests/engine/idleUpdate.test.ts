import type { Documents, Folder } from '../../node/state/documents'
import { exported, installed, until } from './playing'
import type { World } from './world'

/** Counts the calls for what changed and for what exports go by. */
function counted(world: World): Record<string, number> {
  const calls: Record<string, number> = {}
  const as = world.vbase.as.bind(world.vbase)
  world.vbase.as = (actor) => {
    const documents = as(actor)
    const note = (call: string, folder: Folder) => {
      if (!['pending', 'changes', 'checkpoints'].includes(folder)) return
      const name = `${call} ${folder}`
      calls[name] = (calls[name] ?? 0) + 1
    }
    const noting =
      <More extends unknown[], T>(call: string, made: (folder: Folder, ...more: More) => T) =>
      (folder: Folder, ...more: More): T => {
        note(call, folder)
        return made(folder, ...more)
      }
    return {
      ...documents,
      list: noting('list', documents.list),
      read: noting('read', documents.read),
      save: noting('save', documents.save),
      remove: noting('remove', documents.remove),
    } satisfies Documents
  }
  return calls
}

it('an update without changes lists checkpoints and pending changes once, and reads the watermark once', async () => {
  const world = await installed()
  await exported(world, 'export')
  await until(world, () => world.courier.isStalled)
  const calls = counted(world)
  await exported(world, 'update')
  expect(calls).toEqual({
    ...{ 'list checkpoints': 1, 'list pending': 1, 'read checkpoints': 1 },
    // How far Centra was read now.
    'save checkpoints': 1,
  })
})

it('an update removes watermarks older than an hour and keeps younger ones', async () => {
  const world = await installed({ mostPosts: 9 })
  await exported(world, 'export')
  const [first] = world.vbase.names('checkpoints', 'watermark~')
  await exported(world, 'update')
  world.scheduler.now += 3_600_000
  for (let update = 0; update < 4; update++) await exported(world, 'update')
  const left = world.vbase.names('checkpoints', 'watermark~')
  expect(left).not.toContain(first)
  expect(left.length).toBeGreaterThan(1)
})
