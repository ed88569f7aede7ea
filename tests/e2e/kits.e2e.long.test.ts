import { KITS } from '../../sandbox/faults/upstreams'
import { App } from './support/app'
import { broughtBy, expectedOf, sold, untilTold } from './support/changes'
import { until } from './support/eventually'
import { type Report, sumOfOffers } from './support/report'
import { stock, untold } from './support/zeros'

/** Of the seeded catalog: a kit of twice one SKU, and one of two SKUs. */
const KIT = 25
const PAIR = 53

let app: App
let part: number

const held = (skuId: number) => app.intershop.inventory.get(`REF-${skuId}`)?.quantity

async function expectAllRight() {
  const { examples, ...counts } = await app.sandbox.compare()
  expect(examples).toEqual({ differing: [], missing: [], surplus: [] })
  expect(counts).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}

/** An export that ends well, whose counts add up. */
async function exported(route = 'export'): Promise<Report> {
  const report = await app.exported(route)
  expect([report.status, report.offers.processed]).toEqual(['completed', sumOfOffers(report)])
  expect([report.skus.read, report.skus.remaining]).toEqual([report.skus.planned, 0])
  return report
}

/** A fault of the call that tells what kits are made of. */
const composition = (status: number) => app.platform.faults.add({ ...KITS, kind: 'status', status })

beforeAll(async () => {
  app = await App.start({ skus: 40, kits: true, settings: { maxNewlyZeroPercent: 100 } })
  // A notification without flags counts as a change of the SKU itself, of which nothing is kept then.
  app.sandbox.broadcaster.behaviour.partial = 0
  const [component] = app.commerce.kits.components(KIT)
  part = component?.skuId ?? 0
  expect(component).toEqual({ skuId: part, quantity: 2 })
  expect(app.commerce.kits.components(PAIR)).toHaveLength(2)
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

describe('POST /export', () => {
  it('sends for a kit what its components make up, without requests for cached details', async () => {
    stock(app, part, 85)
    await exported('update')
    await exported()
    expect([held(part), held(KIT)]).toEqual([85, 42])
    await expectAllRight()
    composition(500)
    stock(app, part, 61)
    await exported()
    expect([held(part), held(KIT)]).toEqual([61, 30])
  })

  it('sends 0 if a component is sold out, and counts no reported change as drift', async () => {
    stock(app, part, 0)
    await untilTold(app)
    expect((await exported()).drift).toBe(0)
    expect(held(KIT)).toBe(0)
    untold(app, () => stock(app, part, 40))
    const { drift, drifted } = await exported()
    expect([held(KIT), drift]).toEqual([20, 2])
    expect(drifted.map(({ skuId }) => skuId).sort((a, b) => a - b)).toEqual([part, KIT])
    await expectAllRight()
  })
})

describe('POST /update', () => {
  it("sends a component's kits once with it, and leaves nothing pending", async () => {
    await sold(app, [part, part])
    const said = await broughtBy(app, async () => {
      expect((await exported('update')).skus.planned).toBe(2)
    })
    expect(said).toEqual(await expectedOf(app, [part, KIT]))
    expect([held(part), held(KIT)]).toEqual([38, 19])
    expect((await exported('update')).skus.planned).toBe(0)
    await expectAllRight()
  })

  it('sends a sold kit though VTEX reports only its components', async () => {
    await sold(app, [KIT])
    await exported('update')
    expect([held(part), held(KIT)]).toEqual([36, 18])
  })

  it('retries a kit that cannot be read, and sends no 0 for it', async () => {
    composition(500)
    await sold(app, [part])
    const { status, failures, offers } = await app.exported('update')
    expect([status, offers.failed, offers.sent]).toEqual(['completedWithErrors', 1, 1])
    expect(failures).toMatchObject([{ skuId: KIT, sellerId: '1', code: 'upstream_down' }])
    expect([held(part), held(KIT)]).toEqual([35, 18])
    app.platform.faults.clear()
    expect((await exported('update')).skus.planned).toBe(1)
    expect(held(KIT)).toBe(17)
  })

  it('follows kits that are composed later or anew', async () => {
    const { commerce } = app
    const [kit, other] = [commerce.addSku(), commerce.addSku()]
    await untilTold(app)
    await exported('update')
    expect(held(kit)).toBe(30)
    commerce.setComponents(kit, [
      { skuId: part, quantity: 1 },
      { skuId: other, quantity: 10 },
    ])
    await untilTold(app)
    await exported('update')
    expect(held(kit)).toBe(3)
    stock(app, other, 20)
    await untilTold(app)
    const said = await broughtBy(app, () => exported('update'))
    expect(said).toEqual(await expectedOf(app, [other, kit]))
    expect(held(kit)).toBe(2)
    commerce.setComponents(kit, [])
    await untilTold(app)
    await exported('update')
    expect(held(kit)).toBe(30)
    await expectAllRight()
  })

  it('sends 0 for a kit while a component is inactive', async () => {
    app.commerce.setActive(part, false)
    await untilTold(app)
    await exported('update')
    expect([held(part), held(KIT)]).toEqual([0, 0])
    app.commerce.setActive(part, true)
    await untilTold(app)
    await exported('update')
    expect(held(KIT)).toBe(17)
    // What is known of the kit from before has been overtaken.
    app.commerce.setActive(part, false)
    await untilTold(app)
    await exported()
    expect(held(KIT)).toBe(0)
    app.commerce.setActive(part, true)
    await untilTold(app)
    await exported('update')
    await expectAllRight()
  })
})

it('POST /export/time sends kits of components changed in the window, also after an update', async () => {
  const ids = [part, KIT]
  const said = await broughtBy(app, () => exported('export/time/60'))
  const names = said.map(([sku]) => sku)
  expect(names).toEqual(expect.arrayContaining(ids.map((id) => `REF-${id}`)))
  expect(said).toEqual(expect.arrayContaining(await expectedOf(app, ids)))
})

it.each([
  ['empty', []],
  [
    'of others than any balance names',
    [{ id: 'elsewhere', name: 'Elsewhere', active: true, deleted: false }],
  ],
])(
  'POST /export sends no 0 while the list of warehouses is %s, and requests it again',
  async (_, listed) => {
    const { warehouses } = app.commerce
    app.commerce.warehouses = listed
    const before = (await app.log()).length
    const id = await app.accepted()
    await until('a failed attempt', async () =>
      /listed warehouses|list of warehouses/.test((await app.log()).slice(before))
    )
    app.commerce.warehouses = warehouses
    const { status, zeroed } = await app.ended(id)
    expect([status, zeroed.read]).toEqual(['completed', 0])
    await app.intershop.idle()
    await expectAllRight()
  }
)

it('POST /export sends 0 if all warehouses are inactive', async () => {
  const { warehouses } = app.commerce
  app.commerce.warehouses = warehouses.map((each) => ({ ...each, active: false }))
  await exported()
  expect([held(part), held(KIT), held(PAIR)]).toEqual([0, 0, 0])
})
