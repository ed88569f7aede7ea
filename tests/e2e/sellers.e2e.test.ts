import type { App } from './support/app'
import { broughtBy, expectedOf, sold } from './support/changes'
import { deliveredFiles, validate, whyNoValidation } from './support/files'
import {
  byName,
  callsOf,
  expectNoDifference,
  heldOf,
  offersOfOthers,
  said,
  sellableOf,
} from './support/marketplace'
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

/** What of own stock and of other sellers must be said of SKUs. */
async function allOf(isSelected: (skuId: number) => boolean) {
  const others = (await offersOfOthers(app)).filter(
    ({ skuId, mayBeMissing }) => isSelected(skuId) && !mayBeMissing
  )
  const skuIds = [...app.commerce.catalog.ids()].filter(isSelected)
  return [...(await expectedOf(app, skuIds)), ...said(others)].sort(byName)
}

describe('POST routes', () => {
  it('send all offers of all active sellers for /export, and report each source', async () => {
    const report = await app.exported()
    expect(report.status).toBe('completed')
    await expectNoDifference(app)
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

  it('send the offers of all sellers from startId on for /export/start/:startId', async () => {
    const start = 400
    const brought = await broughtBy(app, () => app.exported(`export/start/${start}`))
    expect(brought).toEqual(await allOf((skuId) => skuId >= start))
    expect(brought.some(([sku]) => sku.includes('_'))).toBe(true)
  })

  it("send one seller's offers for /export/seller/:sellerId, with requests in proportion", async () => {
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

  it('send the changed SKUs, each with all sellers, for /update', async () => {
    const [first, second] = await Promise.all([sellableOf(app, '2'), sellableOf(app, '31')])
    const skuIds = [first[0]?.skuId ?? 0, second[0]?.skuId ?? 0]
    const plain = 3
    for (const id of skuIds) app.commerce.setBalance(id, '1_1', { total: 40, unlimited: false })
    app.commerce.marketplace.bind('31', skuIds[0] ?? 0, { active: true, quantity: 17 })
    // An offer that is what was sent last would not be sent again.
    const others = (await offersOfOthers(app)).filter(({ skuId }) => skuIds.includes(skuId))
    for (const { sellerId, skuId, quantity } of others) {
      app.commerce.marketplace.bind(sellerId, skuId, { quantity: quantity + 1 })
    }
    const brought = await broughtBy(app, async () => {
      await sold(app, skuIds)
      const { status, offers } = await app.exported('update')
      expect([status, offers.unchanged]).toEqual(['completed', 0])
    })
    expect(brought).toEqual(await allOf((skuId) => skuIds.includes(skuId)))
    expect(brought.length).toBe(skuIds.length + plain)
  })

  it("leave out other sellers' unchanged offers of a changed SKU for /update", async () => {
    const [{ skuId } = { skuId: 0 }] = await sellableOf(app, '31')
    const all = await allOf((id) => id === skuId)
    expect(all.length).toBeGreaterThan(1)
    const brought = await broughtBy(app, async () => {
      await sold(app, [skuId])
      expect((await app.exported('update')).offers.unchanged).toBe(all.length - 1)
    })
    expect(brought).toEqual(await expectedOf(app, [skuId]))
  })

  describe('with a window', () => {
    let skuId: number

    beforeAll(async () => {
      // Longer ago than that nothing is known of changes.
      await machine.travel(30 * MINUTE)
      const [offer] = await sellableOf(app, '31')
      skuId = offer?.skuId ?? 0
      app.commerce.marketplace.bind('2', skuId, { active: true, quantity: 12 })
      app.commerce.setBalance(skuId, '1_1', { total: 50, unlimited: false })
      await sold(app, [])
    })

    it('send the changed SKUs, each with all sellers, for /export/time/:minutes', async () => {
      const brought = await broughtBy(app, () => app.exported('export/time/5'))
      expect(brought).toEqual(await allOf((id) => id === skuId))
      expect(brought.map(([sku]) => sku)).toEqual([`${skuId}`, `${skuId}_2`, `${skuId}_31`])
    })

    it("send one seller's offers of them for /export/seller/:sellerId/time/:minutes", async () => {
      const brought = await broughtBy(app, () => app.exported('export/seller/2/time/5'))
      expect(brought).toEqual([[`${skuId}_2`, 12]])
    })
  })
})

describe('POST /export after unreported changes', () => {
  it('sends new quantities and bindings, whatever details are cached', async () => {
    const { marketplace } = app.commerce
    const [more, off] = await sellableOf(app, '2')
    const fresh = [...app.commerce.catalog.ids()].find((id) => id > 300 && id % 41 !== 0) ?? 0
    marketplace.bind('2', more?.skuId ?? 0, { quantity: 1_234 })
    marketplace.bind('Fjall-Butik_2', more?.skuId ?? 0, { active: true, quantity: 23 })
    marketplace.bind('2', off?.skuId ?? 0, { active: false })
    marketplace.bind('Fjall-Butik_2', fresh, { active: true, quantity: 21 })
    marketplace.bind('2', fresh, { active: true, quantity: 22 })
    expect((await app.exported()).status).toBe('completed')
    await expectNoDifference(app)
    const names = [more?.offerSku ?? '', `${more?.skuId}_Fjall-Butik_2`, off?.offerSku ?? '']
    expect(heldOf(app, [...names, `${fresh}_2`, `${fresh}_Fjall-Butik_2`])).toEqual([
      ...[1_234, 23, 0],
      ...[22, 21],
    ])
  })

  it('makes one request a SKU if the SKUs are unchanged', async () => {
    const calls = await callsOf(app, () => app.exported())
    const { sellers } = app.commerce
    const bound = new Set((await offersOfOthers(app)).map(({ skuId }) => skuId))
    expect(sellers.length).toBe(6)
    expect(calls.contexts).toBe(0)
    expect(calls.offers).toBeLessThanOrEqual(bound.size)
  })

  it('sends 0 for all offers of an inactive seller in an export for it', async () => {
    const offers = await sellableOf(app, 'Fjall-Butik_2')
    const names = offers.map(({ offerSku }) => offerSku)
    app.commerce.marketplace.setSeller('Fjall-Butik_2', false)
    expect((await app.exported('export/seller/Fjall-Butik_2')).status).toBe('completed')
    expect(heldOf(app, names)).toEqual(names.map(() => 0))
    await expectNoDifference(app)
    app.commerce.marketplace.setSeller('Fjall-Butik_2', true)
    await app.exported()
    await expectNoDifference(app)
  })

  it("sends 0 for an inactive seller's offer of a changed SKU with the next update", async () => {
    const [offer] = await sellableOf(app, '31')
    const { skuId = 0, offerSku = '' } = offer ?? {}
    app.commerce.marketplace.setSeller('31', false)
    await sold(app, [skuId])
    await app.exported('update')
    expect(heldOf(app, [offerSku])).toEqual([0])
    app.commerce.marketplace.setSeller('31', true)
    await app.exported('export/seller/31')
    await expectNoDifference(app)
  })
})

describe('an inactive SKU', () => {
  it('becomes 0 for all its sellers', async () => {
    const [offer] = await sellableOf(app, '2')
    const { skuId = 0, offerSku = '' } = offer ?? {}
    app.commerce.setActive(skuId, false)
    await sold(app, [])
    await app.exported('update')
    expect(heldOf(app, [String(skuId), offerSku])).toEqual([0, 0])
    app.commerce.setActive(skuId, true)
    await sold(app, [])
    await app.exported('update')
    await expectNoDifference(app)
  })
})

unless(whyNoValidation(), "files with suppliers against Intershop's schema")(
  "files name the seller and its own SKU id, and validate against Intershop's catalog schema",
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
