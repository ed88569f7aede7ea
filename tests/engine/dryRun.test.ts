import type { Folder } from '../../node/state/documents'
import { quiet } from './nature'
import { World } from './world'

/** What later exports go by. */
const STATE: readonly Folder[] = ['pending', 'changes', 'baseline', 'watermarks']

const stateOf = ({ vbase }: World) => STATE.flatMap((folder) => vbase.names(folder))

async function step(world: World) {
  if (world.courier.hasLetters) world.courier.deliver(0)
  return world.scheduler.takeOne(0)
}

async function exported(world: World, route: 'export' | 'update', dryRun = false) {
  const before = world.accepted.length
  world.post(route, {}, dryRun)
  while (world.accepted.length === before || world.open.length > 0) {
    if (!(await step(world))) throw new Error('nobody has anything left to do')
  }
  world.intershop.import()
  return world.report(world.accepted.at(-1) ?? '')
}

/** One that was installed long ago. */
async function world() {
  const made = new World({ ...quiet })
  await made.install()
  return made
}

/** Something changes in VTEX and in Centra, and the app is told. */
async function change(world: World) {
  world.change(0)
  world.centra.change(0)
  const told = () => world.vbase.names('pending').length === world.shop.changed.size
  while (!told()) await step(world)
}

describe('a dry run', () => {
  it('of a first update reads all of VTEX and Centra, and leaves it to be done', async () => {
    const first = await world()
    const dry = await exported(first, 'update', true)
    expect([dry?.status, dry?.files, stateOf(first)]).toEqual(['completed', 0, []])
    expect(dry?.notes).toContainEqual(expect.stringMatching(/^first update/))
    expect(first.intershop.imported.size).toBe(0)
    const { offers } = (await exported(first, 'update')) ?? {}
    expect([offers?.processed, offers]).toEqual([first.offers().size, dry?.offers])
    expect(Object.fromEntries(first.intershop.imported)).toEqual(Object.fromEntries(first.offers()))
  })

  it('of an export does not count as a first update', async () => {
    const first = await world()
    await exported(first, 'export', true)
    expect(stateOf(first)).toEqual([])
  })

  it('of an export does not count as one while it is under way either', async () => {
    const busy = await world()
    busy.post('export', {}, true)
    while (busy.vbase.names('plans').length === 0) await step(busy)
    await exported(busy, 'update')
    expect(Object.fromEntries(busy.intershop.imported)).toEqual(Object.fromEntries(busy.offers()))
  })

  it.each(['update', 'export'] as const)(
    'of an %s leaves changes and the watermark where they were, and the next update tells of them',
    async (route) => {
      const changed = await world()
      await exported(changed, 'export')
      await change(changed)
      const before = stateOf(changed)
      const imported = Object.fromEntries(changed.intershop.imported)
      expect((await exported(changed, route, true))?.offers.sent).toBeGreaterThan(0)
      expect(stateOf(changed)).toEqual(before)
      expect(Object.fromEntries(changed.intershop.imported)).toEqual(imported)
      await exported(changed, 'update')
      expect(Object.fromEntries(changed.intershop.imported)).toEqual(
        Object.fromEntries(changed.offers())
      )
    }
  )

  it('of an update while a first one is under way reads what is pending, as an update would', async () => {
    const busy = await world()
    busy.post('export')
    while (busy.vbase.names('plans').length === 0) await step(busy)
    const { notes, offers } = (await exported(busy, 'update', true)) ?? {}
    expect(notes).toEqual([expect.stringMatching(/^dry run/)])
    expect(offers?.processed).toBeLessThan(busy.offers().size)
  })
})
