import { CENTRA_SELLER } from './centra'
import { allEnded, expectAll, exported, installed, until } from './playing'
import type { World } from './world'

/** After so many, all other sources of a full export are read. */
const ATTEMPTS_MEANWHILE = 4

const watermarks = (world: World) => world.vbase.names('checkpoints', 'watermark~')

const isDeliveredOfCentra = (world: World) =>
  world.vbase.names('receipts').some((name) => name.includes('~source=centra~'))

describe("Centra's watermark", () => {
  it('precedes the reading, so that the next update sends changes made during an export', async () => {
    const world = await installed()
    world.post('export')
    await until(world, () => isDeliveredOfCentra(world))
    world.centra.change(0)
    await until(world, () => allEnded(world))
    await exported(world, 'update')
    expectAll(world)
  })

  it('stays if Centra is abandoned, so that the next update sends what was missed', async () => {
    const world = await installed()
    await exported(world, 'export')
    const [mark] = watermarks(world)
    world.centra.change(0)
    world.centra.downUntil = Number.POSITIVE_INFINITY
    const { status, sources } = (await exported(world, 'update')) ?? {}
    expect([status, sources?.own?.status]).toEqual(['completedWithErrors', 'complete'])
    expect(sources?.centra).toMatchObject({
      status: 'failed',
      error: { code: 'upstream_down', message: expect.stringContaining('Centra: no answer') },
    })
    expect(watermarks(world)).toEqual([mark])
    world.centra.downUntil = 0
    expect((await exported(world, 'update'))?.status).toBe('completed')
    expectAll(world)
  })

  it('stays if a row has no id', async () => {
    const world = await installed()
    await exported(world, 'export')
    const marks = watermarks(world)
    world.centra.change(0)
    world.centra.nameless = true
    expect((await exported(world, 'update'))?.status).toBe('completedWithErrors')
    expect(watermarks(world)).toEqual(marks)
    world.centra.nameless = false
    await exported(world, 'update')
    expectAll(world)
  })
})

describe('an update while a Centra row moves to a page already read', () => {
  /** A world with offers above 0, and three readings behind it; a row, and what Intershop has of it. */
  async function moving() {
    const world = await installed({ mostPosts: 20 })
    world.centra.change(0)
    for (const route of ['export', 'update', 'update'] as const) await exported(world, route)
    const [, , , [rowId, { skuId }] = [0, { skuId: 0 }]] = [...world.centra.rows]
    const name = `${world.shop.refIds.get(skuId)}_${CENTRA_SELLER}`
    const isRight = () => world.intershop.imported.get(name) === world.offers().get(name)
    world.centra.change(0)
    // Centra is asked by the second.
    world.scheduler.now += 1_000
    expect(isRight()).toBe(false)
    return { world, rowId, isRight }
  }

  it('sends the row in the third update after two readings missed it, and reads it no more', async () => {
    const { world, rowId, isRight } = await moving()
    const seen: unknown[] = []
    for (let update = 1; update <= 4; update++) {
      if (update <= 2) world.centra.hide(rowId)
      const read = (await exported(world, 'update'))?.sources.centra?.read
      seen.push([read === 0, isRight()])
    }
    expect(seen).toEqual([
      [false, false],
      [false, false],
      [false, true],
      [true, true],
    ])
    expectAll(world)
  })

  it('reads the missed row by its id in a full export', async () => {
    const { world, rowId, isRight } = await moving()
    world.centra.hide(rowId)
    await exported(world, 'export')
    expect([world.centra.asked, isRight()]).toEqual([[rowId], true])
    expectAll(world)
  })

  it('reads it by its id again after a worker died while publishing it', async () => {
    const { world, rowId, isRight } = await moving()
    world.centra.hide(rowId)
    world.post('export')
    await until(world, () => world.centra.asked.length > 0)
    world.trap('write', (actor) => world.kill(actor))
    await until(
      world,
      () => allEnded(world),
      () => world.wake()
    )
    world.intershop.import()
    expect([world.centra.asked, isRight()]).toEqual([[rowId, rowId], true])
    expectAll(world)
  })

  it('reads the missed row after the pages, though Centra is down until all else is read', async () => {
    const { world, rowId, isRight } = await moving()
    world.centra.hide(rowId)
    world.centra.downUntil = Number.POSITIVE_INFINITY
    world.post('export')
    await until(world, () => world.vbase.names('attempts').length >= ATTEMPTS_MEANWHILE)
    world.centra.downUntil = 0
    await until(world, () => allEnded(world))
    world.intershop.import()
    expect([world.centra.asked, isRight()]).toEqual([[rowId], true])
  })
})

describe('an update with an unreadable Centra row', () => {
  it('retries the row ten times, then reports it for manual action', async () => {
    const world = await installed({ mostPosts: 20 })
    const [rowId = 0] = world.centra.rows.keys()
    world.centra.failing.set(rowId, Number.POSITIVE_INFINITY)
    const people: unknown[] = []
    for (let update = 1; update <= 11; update++) {
      const report = await exported(world, 'update')
      people.push(report?.manualActionRows)
      expect(report?.offers.failed).toBe(update <= 10 ? 1 : 0)
    }
    expect(people).toEqual([...Array(9).fill(undefined), [rowId], undefined])
  })
})
