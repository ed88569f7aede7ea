import { receiptNames } from '../../node/exports/documentNames'
import type { Folder } from '../../node/state/documents'
import { LEASE_MS } from '../../node/state/lease'
import { allEnded, expectAll, exported, installed, last, step, until } from './playing'
import type { World } from './world'

/** What later exports go by. That changes are recorded is as true after a dry run. */
const STATE: ReadonlyArray<readonly [Folder, string]> = [
  ...([['pending', ''] as const, ['changes', ''] as const] as const),
  ...([['checkpoints', 'fullSync~'] as const, ['checkpoints', 'watermark~'] as const] as const),
]

const stateOf = ({ vbase }: World) => STATE.flatMap(([folder, kind]) => vbase.names(folder, kind))

/** Something changes in VTEX and in Centra, and the app is told. */
async function change(world: World) {
  world.change(0)
  world.centra.change(0)
  const told = () => world.vbase.names('pending').length === world.shop.changed.size
  await until(world, told)
}

describe('POST ?dryRun=true', () => {
  it('reads all sources in place of the first update, and leaves it to be done', async () => {
    const first = await installed()
    const dry = await exported(first, 'update', { dryRun: true })
    expect([dry?.status, dry?.files, stateOf(first)]).toEqual(['completed', 0, []])
    expect(dry?.notes).toContainEqual(expect.stringMatching(/^first update/))
    expect(first.intershop.imported.size).toBe(0)
    const { offers } = (await exported(first, 'update')) ?? {}
    expect([offers?.processed, offers]).toEqual([first.offers().size, dry?.offers])
    expectAll(first)
  })

  it('does not count as the first update if it was an export', async () => {
    const first = await installed()
    await exported(first, 'export', { dryRun: true })
    expect(stateOf(first)).toEqual([])
  })

  it('does not make a running export count as the first update', async () => {
    const busy = await installed()
    busy.post('export', {}, true)
    await until(busy, () => busy.vbase.names('plans').length > 0)
    await exported(busy, 'update')
    expectAll(busy)
  })

  it.each(['update', 'export'] as const)(
    'keeps changes and the watermark with route %s, and the next update sends them',
    async (route) => {
      const changed = await installed()
      await exported(changed, 'export')
      await change(changed)
      const before = stateOf(changed)
      const imported = Object.fromEntries(changed.intershop.imported)
      expect((await exported(changed, route, { dryRun: true }))?.offers.sent).toBeGreaterThan(0)
      expect(stateOf(changed)).toEqual(before)
      expect(Object.fromEntries(changed.intershop.imported)).toEqual(imported)
      await exported(changed, 'update')
      expectAll(changed)
    }
  )

  it('reads only pending changes while the first update runs', async () => {
    const busy = await installed()
    busy.post('export')
    await until(busy, () => busy.vbase.names('plans').length > 0)
    const { notes, offers } = (await exported(busy, 'update', { dryRun: true })) ?? {}
    const expected = [/^dry run/, /^publisher check: a file was written/]
    expect(notes).toEqual(expected.map((note) => expect.stringMatching(note)))
    expect(offers?.processed).toBeLessThan(busy.offers().size)
  })

  it.each([
    ['while another one reads', 1_500],
    ['after another one ended it', 30_000],
  ])('reads each range once, though a worker that lost the lease wakes %s', async (_, later) => {
    const world = await installed({ withoutCentra: true, mostSkus: 1 })
    world.trap('stock', (reader) => world.freeze(reader, LEASE_MS + later))
    world.post('export', {}, true)
    await until(world, () => world.isAnybodyFrozen)
    world.scheduler.now += LEASE_MS
    world.wake()
    await until(world, () => allEnded(world))
    while (await step(world));
    expect(last(world)?.status).toBe('completed')
    const read = world.vbase.names('receipts').map((name) => receiptNames.parse(name))
    const ranges = read.map((receipt) => `${receipt?.source} ${receipt?.from}`)
    expect(ranges).toEqual([...new Set(ranges)])
  })
})
