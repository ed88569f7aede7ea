import { UPSTREAMS } from '../../sandbox/faults/upstreams'
import type { App } from './support/app'
import { broughtBy, expectedOf, sellable, sold, untilTold } from './support/changes'
import { eventually } from './support/eventually'
import { DAY, MINUTE, TimeMachine } from './support/timeMachine'

const SKUS = 70
const LAG = 10 * MINUTE

let machine: TimeMachine
let app: App
let ids: number[]
/** How many SKUs each change of this file sells. */
let early: number[]
let late: number[]
let latest: number[]

beforeAll(async () => {
  machine = await TimeMachine.start({ skus: SKUS })
  app = machine.app
  // A notification without flags counts as a change of the SKU itself, which windows keep for longer.
  app.sandbox.broadcaster.behaviour.partial = 0
  ids = await sellable(app, 12)
  early = ids.slice(0, 3)
  late = ids.slice(3, 6)
  latest = ids.slice(6, 9)
})

afterAll(() => machine.stop())

const filesOf = (bucket: string) => app.platform.vbase.files(bucket)

/** What an export by this route sends, which must be exact: no superset. */
async function sentBy(route: string) {
  return broughtBy(app, async () => {
    const { status, notes } = await app.exported(route)
    expect([route, status, notes]).toEqual([route, 'completed', []])
  })
}

/** An update reads these SKUs and no others, and leaves out all of their offers: a window has sent them. */
async function expectLeftOut(skuIds: readonly number[]) {
  const offers = (await expectedOf(app, skuIds)).length
  const said = await broughtBy(app, async () => {
    const report = await app.exported('update')
    expect([report.status, report.notes, report.skus.planned]).toEqual([
      'completed',
      [],
      skuIds.length,
    ])
    expect(report.offers).toMatchObject({ processed: offers, unchanged: offers })
  })
  expect(said).toEqual([])
}

/** How many calls of its kind an export by this route makes. */
async function calls(upstream: string, route: string): Promise<number> {
  const before = app.platform.requests.total(upstream)
  await app.exported(route)
  return app.platform.requests.total(upstream) - before
}

describe('POST /export/time/:minutes', () => {
  it('reads every SKU, with a note, if the window starts before the change log', async () => {
    await app.exported('update')
    const { notes, skus } = await app.exported('export/time/5')
    expect(notes).toEqual([expect.stringMatching(/superset/)])
    expect(skus.planned).toBe(SKUS)
  })

  it('sends nothing without changes', async () => {
    await machine.travel(30 * MINUTE)
    expect(await sentBy('export/time/5')).toEqual([])
  })

  it('sends what changed in the window and nothing else', async () => {
    await sold(app, early)
    await machine.travel(10 * MINUTE)
    await sold(app, late)
    await machine.travel(MINUTE)
    expect(await sentBy('export/time/5')).toEqual(await expectedOf(app, late))
    expect(await sentBy('export/seller/1/time/5')).toEqual(await expectedOf(app, late))
    expect(await sentBy('export/time/20')).toEqual(await expectedOf(app, [...early, ...late]))
  })

  it('acknowledges no changes of updates, which leave out what it sent', async () => {
    await expectLeftOut([...early, ...late])
  })

  it('sends its changes though an update sent them already', async () => {
    expect(await sentBy('export/time/5')).toEqual(await expectedOf(app, late))
    expect(await sentBy('export/time/20')).toEqual(await expectedOf(app, [...early, ...late]))
    expect(await sentBy('update')).toEqual([])
  })

  it('reads pending and exported changes', async () => {
    await sold(app, latest)
    expect(await sentBy('export/time/5')).toEqual(await expectedOf(app, [...late, ...latest]))
  })

  it('sends the current stock, whatever it was at the change', async () => {
    app.sandbox.broadcaster.behaviour.lost = 1
    app.commerce.setBalance(late[0] ?? 0, '1_1', { total: 500, reserved: 0 })
    app.sandbox.broadcaster.behaviour.lost = 0
    expect(await sentBy('export/time/5')).toEqual(await expectedOf(app, [...late, ...latest]))
    await app.exported('update')
  })
})

describe('a change saved minutes after it happened', () => {
  it('counts for the window of its saving and for the next update', async () => {
    await machine.travel(30 * MINUTE)
    app.platform.faults.add({
      upstream: 'vbase',
      path: 'pending/files',
      method: 'PUT',
      kind: 'reset',
    })
    const [id = 0] = ids
    app.commerce.sell(id, 1)
    await app.sandbox.broadcaster.idle()
    expect(await sentBy('update')).toEqual([])
    // Saving a group fails within seconds, and VTEX sends its notifications again.
    await machine.startAnew(10 * MINUTE)
    expect(await filesOf('pending')).toEqual([])
    app.platform.faults.clear()
    await untilTold(app)
    expect(await sentBy('export/time/5')).toEqual(await expectedOf(app, [id]))
    await expectLeftOut([id])
  })
})

describe('a modified SKU', () => {
  it('gets read again a quarter of an hour later, when the catalog surely shows it', async () => {
    await machine.travel(30 * MINUTE)
    const [id = 0] = ids
    const { index } = app.commerce
    index.lag = LAG
    const before = await expectedOf(app, [id])
    app.commerce.setActive(id, false)
    await untilTold(app)
    // It is read as it was before, which Intershop has.
    expect(await sentBy('update')).toEqual([])
    await machine.travel(16 * MINUTE)
    index.lag = 0
    const after = await expectedOf(app, [id])
    expect(after).not.toEqual(before)
    expect(await sentBy('update')).toEqual(after)
    expect(await sentBy('update')).toEqual([])
  })

  it('counts for windows as long as the catalog may not show it', async () => {
    const [id = 0] = ids
    expect(await sentBy('export/time/5')).toEqual(await expectedOf(app, [id]))
    await machine.travel(10 * MINUTE)
    expect(await sentBy('export/time/5')).toEqual([])
    app.commerce.setActive(id, true)
    await untilTold(app)
    await sentBy('update')
  })
})

describe('cached SKU details', () => {
  /** Calls for SKUs' contexts that a full export makes. */
  async function contextsRead(): Promise<number> {
    const others = () => app.commerce.stockReads + app.commerce.kitReads
    const before = others()
    const all = await calls(UPSTREAMS.inventory.upstream, 'export')
    // Pages of ids, eight at a time, and the warehouses.
    return all - (others() - before) - 8 - 1
  }

  it('cost no request again on the same day', async () => {
    await machine.travel(20 * MINUTE)
    await app.exported()
    expect(await contextsRead()).toBe(0)
  })

  it('refresh by a seventh each day', async () => {
    await machine.travel(DAY)
    expect(await contextsRead()).toBe(Math.ceil(SKUS / 7))
    expect(await contextsRead()).toBe(Math.ceil(SKUS / 7))
  })

  it('refresh after the SKU was reported modified', async () => {
    const [, id = 0] = ids
    app.commerce.setActive(id, false)
    await untilTold(app)
    await app.exported()
    expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
  })
})

describe('the change log', () => {
  it('reaches back exactly thirty days', async () => {
    await app.exported('update')
    // Past the quarter of an hour for which a window still counts what was modified before it.
    await machine.travel(DAY + 20 * MINUTE)
    await sold(app, late)
    await app.exported('update')
    await machine.travel(29 * DAY)
    await sold(app, latest)
    await app.exported('update')
    await machine.travel(MINUTE)
    const said = await sentBy('export/time/43200')
    expect(said).toEqual(await expectedOf(app, [...late, ...latest]))
  })

  it('costs a long window a few listings and no request for unchanged SKUs', async () => {
    const short = await calls('vbase', 'export/time/5')
    const long = await calls('vbase', 'export/time/43200')
    expect(long - short).toBeLessThan(150)
    const changed = late.length + latest.length
    const { kitReads } = app.commerce
    const all = await calls(UPSTREAMS.inventory.upstream, 'export/time/43200')
    expect(all - (app.commerce.kitReads - kitReads)).toBe(2 * changed + 1)
  })

  it('drops changes after thirty days', async () => {
    await machine.travel(2 * DAY)
    const kept = (await filesOf('changes')).length
    await app.exported('update')
    await eventually('older changes to be removed', async () =>
      (await filesOf('changes')).length < kept ? true : undefined
    )
    expect(await sentBy('export/time/43200')).toEqual(await expectedOf(app, latest))
  })
})
