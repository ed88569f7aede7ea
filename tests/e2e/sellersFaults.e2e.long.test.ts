import { App } from './support/app'
import { broughtBy, expectedOf, sold } from './support/changes'
import {
  CALLS,
  expectNoDifference,
  heldOf,
  offersOfOthers,
  said,
  sellableOf,
} from './support/marketplace'

const SKUS = 250

let app: App

beforeAll(async () => {
  app = await App.start({ skus: SKUS, settings: { sellers: '', skuIdentifier: 'skuId' } })
  // A notification without flags counts as a change of the SKU itself, of which nothing is kept then.
  app.sandbox.broadcaster.behaviour.partial = 0
  await app.exported()
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

describe('POST /export/seller/:sellerId', () => {
  const shape = () => app.commerce.marketplace.shape
  const quiet = { pascalCase: false, oneAsObject: false, withoutQuantity: [] }

  afterEach(() => Object.assign(shape(), quiet))

  it.each([
    ['in PascalCase', { pascalCase: true }],
    ['with an object in place of an array', { oneAsObject: true }],
    ['with both', { pascalCase: true, oneAsObject: true }],
  ])('reads offers %s', async (_, odd) => {
    for (const { skuId, sellerId } of await sellableOf(app, '2')) {
      app.commerce.marketplace.bind(sellerId, skuId, { quantity: 50 + Object.keys(odd).length })
    }
    Object.assign(shape(), odd)
    expect((await app.exported('export/seller/2')).status).toBe('completed')
    await expectNoDifference(app)
  })

  it('fails offers without a quantity and sends nothing for them', async () => {
    const offers = await sellableOf(app, '2')
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

describe('a failing offers API', () => {
  it('fails each seller of the SKU, and the next update sends them', async () => {
    const [offer] = await sellableOf(app, '31')
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
    await expectNoDifference(app)
  })

  it.each(['update', 'export'])('fails only the other sellers of an %s', async (route) => {
    const [offer] = await sellableOf(app, '2')
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
    await expectNoDifference(app)
  })
})

describe('an unregistered seller', () => {
  it('gets a 404 response', async () => {
    expect((await app.post('export/seller/ghost')).status).toBe(404)
  })

  it.each(['export/seller/ghost', 'export/seller/ghost/time/5'])(
    'fails %s with the reason if it was accepted while the register was down',
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

  it('limit the exported sellers, own stock included, by `sellers`', async () => {
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

  it('choose quantities by `salesChannel`, 0 for a seller without offers there', async () => {
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
