import type { ExpectedOffer } from '../../sandbox/world/commerce/truth'
import type { App } from './support/app'
import { broughtBy, expectedOf, sold } from './support/changes'
import { deliveredFiles, validate, whyNoValidation } from './support/files'
import { CALLS, callsOf, heldOf, offersOfOthers } from './support/marketplace'
import { sumOfOffers } from './support/report'
import { unless } from './support/skipped'
import { MINUTE, TimeMachine } from './support/timeMachine'

const SKUS = 250
/** Sellers of the register that are active, and not the account itself. */
const ACTIVE = ['2', '31', 'nordicshop', 'Fjall-Butik_2']

let machine: TimeMachine
let app: App

beforeAll(async () => {
  const settings = { sellers: '', skuIdentifier: 'skuId' }
  machine = await TimeMachine.start({ skus: SKUS, settings })
  app = machine.app
  // A notification without flags counts as a change of the SKU itself, of which nothing is kept then.
  app.sandbox.broadcaster.behaviour.partial = 0
})

afterAll(() => machine.stop())

afterEach(() => app.platform.faults.clear())

async function expectNoDifference() {
  const { examples, ...counts } = await app.sandbox.compare()
  expect(examples).toEqual({ differing: [], missing: [], surplus: [] })
  expect(counts).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}

/** Offers of a seller with something to sell. */
async function sellable(sellerId: string): Promise<ExpectedOffer[]> {
  const offers = await offersOfOthers(app)
  return offers.filter((offer) => offer.sellerId === sellerId && offer.quantity > 1)
}

const said = (offers: readonly ExpectedOffer[]) =>
  offers.map(({ offerSku, quantity }) => [offerSku, quantity] as const).sort(byName)

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
  a < b ? -1 : 1

/** What of own stock and of other sellers must be said of SKUs. */
async function allOf(isSelected: (skuId: number) => boolean) {
  const others = (await offersOfOthers(app)).filter(
    ({ skuId, mayBeMissing }) => isSelected(skuId) && !mayBeMissing
  )
  const skuIds = [...app.commerce.catalog.ids()].filter(isSelected)
  return [...(await expectedOf(app, skuIds)), ...said(others)].sort(byName)
}

describe('the routes', () => {
  it('export: every offer of every active seller, each source on its own in the report', async () => {
    const report = await app.exported()
    expect(report.status).toBe('completed')
    await expectNoDifference()
    const others = await offersOfOthers(app)
    const expected = others.filter(({ mayBeMissing }) => !mayBeMissing)
    expect(new Set(expected.map(({ sellerId }) => sellerId))).toEqual(new Set(ACTIVE))
    expect(report.sources.sellers).toMatchObject({
      status: 'complete',
      read: expected.length,
      offers: { sent: expected.length, failed: 0 },
    })
    expect(report.offers.processed).toBe(sumOfOffers(report))
    expect(report.skus).toEqual({
      planned: SKUS + expected.length,
      read: SKUS + expected.length,
      remaining: 0,
    })
  })

  it('export/start: the offers of SKUs from that id on, of all sellers', async () => {
    const start = 400
    const brought = await broughtBy(app, () => app.exported(`export/start/${start}`))
    expect(brought).toEqual(await allOf((skuId) => skuId >= start))
    expect(brought.some(([sku]) => sku.includes('_'))).toBe(true)
  })

  it("export/seller: that seller's offers, in calls in proportion to them", async () => {
    const own = (await offersOfOthers(app)).filter(({ sellerId }) => sellerId === '31')
    let calls: Awaited<ReturnType<typeof callsOf>> | undefined
    const brought = await broughtBy(app, async () => {
      calls = await callsOf(app, () => app.exported('export/seller/31'))
    })
    expect(brought).toEqual(said(own))
    expect(calls).toMatchObject({ catalog: 0, stock: 0 })
    // SKUs were read by the export before: what was kept of them is still good.
    expect(calls?.contexts).toBe(0)
    expect(calls?.offers).toBeGreaterThan(0)
    expect(calls?.offers).toBeLessThanOrEqual(own.length)
    expect(calls?.bindings).toBeLessThanOrEqual(3)
    expect(calls?.register).toBeLessThanOrEqual(3)
  })

  it('update: the changed SKUs, each with all its sellers', async () => {
    const [first, second] = await Promise.all([sellable('2'), sellable('31')])
    const skuIds = [first[0]?.skuId ?? 0, second[0]?.skuId ?? 0]
    const plain = 3
    for (const id of skuIds) app.commerce.setBalance(id, '1_1', { total: 40, unlimited: false })
    app.commerce.marketplace.bind('31', skuIds[0] ?? 0, { active: true, quantity: 17 })
    const brought = await broughtBy(app, async () => {
      await sold(app, skuIds)
      expect((await app.exported('update')).status).toBe('completed')
    })
    expect(brought).toEqual(await allOf((skuId) => skuIds.includes(skuId)))
    expect(brought.length).toBe(skuIds.length + plain)
  })

  describe('of a time', () => {
    let skuId: number

    beforeAll(async () => {
      // Longer ago than that nothing is known of changes.
      await machine.travel(30 * MINUTE)
      const [offer] = await sellable('31')
      skuId = offer?.skuId ?? 0
      app.commerce.marketplace.bind('2', skuId, { active: true, quantity: 12 })
      app.commerce.setBalance(skuId, '1_1', { total: 50, unlimited: false })
      await sold(app, [])
    })

    it('export/time: the SKUs that changed in it, each with all its sellers', async () => {
      const brought = await broughtBy(app, () => app.exported('export/time/5'))
      expect(brought).toEqual(await allOf((id) => id === skuId))
      expect(brought.map(([sku]) => sku)).toEqual([`${skuId}`, `${skuId}_2`, `${skuId}_31`])
    })

    it('export/seller/../time: of these, what is of that seller', async () => {
      const brought = await broughtBy(app, () => app.exported('export/seller/2/time/5'))
      expect(brought).toEqual([[`${skuId}_2`, 12]])
    })
  })
})

describe('changes of which VTEX tells nobody', () => {
  it('of quantities and of bindings come with the next export, whatever was kept of the SKUs', async () => {
    const { marketplace } = app.commerce
    const [more, off] = await sellable('2')
    const fresh = [...app.commerce.catalog.ids()].find((id) => id > 300 && id % 41 !== 0) ?? 0
    marketplace.bind('2', more?.skuId ?? 0, { quantity: 1_234 })
    marketplace.bind('2', off?.skuId ?? 0, { active: false })
    marketplace.bind('Fjall-Butik_2', fresh, { active: true, quantity: 21 })
    marketplace.bind('2', fresh, { active: true, quantity: 22 })
    expect((await app.exported()).status).toBe('completed')
    await expectNoDifference()
    expect(
      heldOf(app, [
        more?.offerSku ?? '',
        off?.offerSku ?? '',
        `${fresh}_2`,
        `${fresh}_Fjall-Butik_2`,
      ])
    ).toEqual([1_234, 0, 22, 21])
  })

  it('cost one call a SKU where the SKUs themselves are as they were', async () => {
    const calls = await callsOf(app, () => app.exported())
    const { sellers } = app.commerce
    const bound = new Set((await offersOfOthers(app)).map(({ skuId }) => skuId))
    expect(sellers.length).toBe(6)
    expect(calls.contexts).toBe(0)
    expect(calls.offers).toBeLessThanOrEqual(bound.size)
  })

  it('of a seller that was deactivated: its offers are 0 in an export for it', async () => {
    const offers = await sellable('Fjall-Butik_2')
    const names = offers.map(({ offerSku }) => offerSku)
    app.commerce.marketplace.setSeller('Fjall-Butik_2', false)
    expect((await app.exported('export/seller/Fjall-Butik_2')).status).toBe('completed')
    expect(heldOf(app, names)).toEqual(names.map(() => 0))
    await expectNoDifference()
    app.commerce.marketplace.setSeller('Fjall-Butik_2', true)
    await app.exported()
    await expectNoDifference()
  })

  it('of a seller that was deactivated: its offer of a SKU that changed is 0 too', async () => {
    const [offer] = await sellable('31')
    const { skuId = 0, offerSku = '' } = offer ?? {}
    app.commerce.marketplace.setSeller('31', false)
    await sold(app, [skuId])
    await app.exported('update')
    expect(heldOf(app, [offerSku])).toEqual([0])
    app.commerce.marketplace.setSeller('31', true)
    await app.exported('export/seller/31')
    await expectNoDifference()
  })
})

describe('a SKU that is inactive', () => {
  it('has offers of 0 of all sellers', async () => {
    const [offer] = await sellable('2')
    const { skuId = 0, offerSku = '' } = offer ?? {}
    app.commerce.setActive(skuId, false)
    await sold(app, [])
    await app.exported('update')
    expect(heldOf(app, [String(skuId), offerSku])).toEqual([0, 0])
    app.commerce.setActive(skuId, true)
    await sold(app, [])
    await app.exported('update')
    await expectNoDifference()
  })
})

describe('offers are understood', () => {
  const { shape } = { shape: () => app.commerce.marketplace.shape }
  const quiet = { pascalCase: false, oneAsObject: false, withoutQuantity: [] }

  afterEach(() => Object.assign(shape(), quiet))

  it.each([
    ['in PascalCase', { pascalCase: true }],
    ['with an object in place of an array', { oneAsObject: true }],
    ['with both', { pascalCase: true, oneAsObject: true }],
  ])('%s', async (_, odd) => {
    for (const { skuId, sellerId } of await sellable('2')) {
      app.commerce.marketplace.bind(sellerId, skuId, { quantity: 50 + Object.keys(odd).length })
    }
    Object.assign(shape(), odd)
    expect((await app.exported('export/seller/2')).status).toBe('completed')
    await expectNoDifference()
  })

  it('without a quantity as failures, and nothing is sent for them', async () => {
    const offers = (await sellable('2')).filter(({ quantity }) => quantity > 1)
    const names = offers.map(({ offerSku }) => offerSku)
    const before = heldOf(app, names)
    shape().withoutQuantity = ['2']
    const report = await app.exported()
    expect(report.status).toBe('completedWithErrors')
    expect(report.failures.length).toBe(report.offers.failed)
    expect(new Set(report.failures.map(({ sellerId }) => sellerId))).toEqual(new Set(['2']))
    expect(report.failures).toContainEqual({
      skuId: offers[0]?.skuId,
      sellerId: '2',
      code: 'upstream_malformed',
      message: 'VTEX offers: seller 2: no available quantity',
    })
    expect(heldOf(app, names)).toEqual(before)
    expect(before).not.toContain(0)
  })
})

describe('an offers API that fails', () => {
  it('for a SKU has each of its sellers fail, and nothing else; the next update brings them', async () => {
    const [offer] = await sellable('31')
    const { skuId = 0 } = offer ?? {}
    app.commerce.marketplace.bind('2', skuId, { active: true, quantity: 5 })
    const path = `sku/${skuId}\\?`
    app.platform.faults.add({ ...CALLS.offers, path, kind: 'status', status: 500 })
    await sold(app, [skuId])
    const report = await app.exported('update')
    expect(report).toMatchObject({
      status: 'completedWithErrors',
      offers: { failed: 2 },
      sources: { own: { offers: { failed: 0 } }, sellers: { offers: { failed: 2 } } },
    })
    expect(report.failures.map(({ sellerId }) => sellerId).sort()).toEqual(['2', '31'])
    expect(heldOf(app, [`${skuId}_2`])).not.toEqual([5])
    app.platform.faults.clear()
    expect((await app.exported('update')).status).toBe('completed')
    await expectNoDifference()
  })

  it.each(['update', 'export'])('for good fails the other sellers of an %s only', async (route) => {
    const [offer] = await sellable('2')
    const { skuId = 0, offerSku = '', quantity = 0 } = offer ?? {}
    app.commerce.marketplace.bind('2', skuId, { quantity: quantity + 3 })
    app.platform.faults.add({ ...CALLS.offers, kind: 'status', status: 403 })
    app.commerce.setBalance(skuId, 'north', { total: 77, reserved: 0, unlimited: false })
    await sold(app, [])
    const report = await app.exported(route)
    expect(report).toMatchObject({
      status: 'completedWithErrors',
      sources: {
        own: { status: 'complete', offers: { failed: 0 } },
        sellers: { status: 'failed', error: { code: 'upstream_refused' } },
      },
    })
    expect(heldOf(app, [offerSku])).toEqual([quantity])
    expect(heldOf(app, [String(skuId)])).toEqual((await expectedOf(app, [skuId])).map(([, q]) => q))
    app.platform.faults.clear()
    expect((await app.exported(route)).status).toBe('completed')
    expect(heldOf(app, [offerSku])).toEqual([quantity + 3])
    await expectNoDifference()
  })
})

describe('a seller that is not in the register', () => {
  it('is not accepted', async () => {
    expect((await app.post('export/seller/ghost')).status).toBe(404)
  })

  it.each(['export/seller/ghost', 'export/seller/ghost/time/5'])(
    'and was accepted while the register could not be read fails %s, and says why',
    async (path) => {
      const rule = app.platform.faults.add({ ...CALLS.register, kind: 'status', status: 500 })
      const id = await app.accepted(path)
      app.platform.faults.remove(rule)
      const report = await app.ended(id)
      expect([report.status, report.error?.code, report.files]).toEqual([
        'failed',
        'scope_unavailable',
        0,
      ])
      expect(report.error?.message).toContain('seller ghost')
      expect(report.error?.message).toContain('seller register')
    }
  )
})

describe('the settings', () => {
  const export1 = () => broughtBy(app, () => app.exported())

  it('sellers restricts whose offers are exported, the own among them', async () => {
    await app.configure({ sellers: '31' })
    const only = (await offersOfOthers(app)).map(({ sellerId }) => sellerId)
    expect(new Set(only)).toEqual(new Set(['31']))
    expect(await export1()).toEqual(said(await offersOfOthers(app)))
    await app.configure({ sellers: '1' })
    expect((await export1()).some(([sku]) => sku.includes('_'))).toBe(false)
    await app.configure({ sellers: '1, 2' })
    const brought = await export1()
    expect(brought.filter(([sku]) => sku.includes('_'))).toEqual(said(await offersOfOthers(app)))
    expect(brought.length).toBe(SKUS + (await offersOfOthers(app)).length)
    const report = await app.exported('export/seller/31')
    expect([report.status, report.error?.code]).toEqual(['failed', 'scope_unavailable'])
    expect(report.error?.message).toContain('sellers')
  })

  it('salesChannel says whose quantities count; a seller that does not offer there has 0', async () => {
    await app.configure({ sellers: '2,31', salesChannel: '2' })
    const brought = await export1()
    const expected = await offersOfOthers(app)
    expect(brought).toEqual(said(expected))
    expect(expected.some(({ quantity }) => quantity > 0)).toBe(true)
    const elsewhere = expected.filter(
      ({ skuId }) => !app.commerce.sku(skuId)?.salesChannels.includes(2)
    )
    expect(elsewhere.length).toBeGreaterThan(0)
    expect(new Set(elsewhere.map(({ quantity }) => quantity))).toEqual(new Set([0]))
    await app.configure({ sellers: '2,31', salesChannel: '1' })
    const first = await export1()
    await app.configure({ sellers: '2,31' })
    const best = await export1()
    expect(first).not.toEqual(best)
    expect(best).toEqual(said(await offersOfOthers(app)))
  })
})

unless(whyNoValidation(), "files with suppliers against Intershop's schema")(
  "files name the seller and its own id of the SKU, and validate against Intershop's catalog schema",
  async () => {
    await app.configure({})
    await app.exported('export/seller/31')
    const files = await deliveredFiles(app.intershop.folders.archive)
    const last = files.at(-1)
    expect(last?.text).toMatch(
      /<supplier-name>Skogs &amp; Son<\/supplier-name>\s*<supplier-sku>50\d+</
    )
    await validate(files.slice(-5).map(({ path }) => path))
  }
)
