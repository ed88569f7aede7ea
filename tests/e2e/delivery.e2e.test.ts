import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { broughtBy, untilTold } from './support/changes'
import { deliveredFiles, validate, whyNoValidation } from './support/files'
import { ODDITIES, ORDINARY } from './support/oddities'
import { unless } from './support/skipped'

const SKUS = 300

let app: App

beforeAll(async () => {
  app = await App.start({ skus: SKUS })
})

afterAll(() => app.stop())

afterEach(() => {
  app.platform.faults.clear()
  app.intershop.importer.resume()
})

const inIntershop = (skuId: number) => app.intershop.inventory.get(`REF-${skuId}`)
const delivered = () => deliveredFiles(app.intershop.folders.archive)

async function expectNoDifference() {
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}

it('POST /export sends exactly what VTEX can sell', async () => {
  const report = await app.exported()
  expect(report.status).toBe('completed')
  expect(report.offers.sent).toBe(app.intershop.inventory.size)
  await expectNoDifference()
})

it('POST /export sends each seeded oddity', async () => {
  const { archive, error } = await app.intershop.files()
  expect([archive.length > 0, error]).toEqual([true, []])
  const quantities = (await delivered()).flatMap(({ offers }) => offers.map((o) => o.quantity))
  expect(quantities).toEqual(expect.arrayContaining([0, 9999]))
  const awkward = [...app.intershop.inventory.entries()].filter(([sku]) => /[&<'"]|^0/.test(sku))
  expect(awkward.length).toBeGreaterThan(0)
})

describe('POST /export/start/:startId of a SKU', () => {
  const ids: number[] = []

  beforeAll(async () => {
    for (const [, , arrange] of ODDITIES) {
      const id = app.commerce.addSku()
      ids.push(id)
      arrange(app.commerce, id)
    }
    const report = await app.exported(`export/start/${ids[0]}`)
    expect([report.status, report.skus.planned]).toEqual(['completed', ODDITIES.length])
  })

  it.each(ODDITIES.map(([oddity, quantity], index) => ({ oddity, quantity, index })))(
    'sends the right quantity if it is one $oddity',
    ({ quantity, index }) => {
      const buyable = quantity > 0
      const offer = inIntershop(ids[index] ?? 0)
      expect(offer).toMatchObject({ quantity, available: buyable, orderable: buyable })
    }
  )

  it('sends nothing without a reference, and reports the SKU as unmapped', async () => {
    const id = app.commerce.addSku({ refId: null })
    const report = await app.exported(`export/start/${id}`)
    expect(report.offers).toMatchObject({ processed: 1, sent: 0, unmapped: 1 })
    expect(report.unmapped).toEqual([expect.objectContaining({ skuId: id, code: 'unmapped' })])
    expect([inIntershop(id), report.files]).toEqual([undefined, 0])
  })

  it.each([
    ['404', { kind: 'status', status: 404 }],
    ['a balance without its numbers', { kind: 'status', status: 200, body: bodyWithoutNumbers() }],
    ['half an answer', { kind: 'malformed' }],
  ] as const)(
    'sends nothing, and no 0 in particular, if its stock cannot be read (%s)',
    async (_, fault) => {
      const id = app.commerce.addSku()
      await app.exported(`export/start/${id}`)
      const path = `/api/logistics/pvt/inventory/skus/${id}`
      app.platform.faults.add({ upstream: COMMERCE_HOST, path, ...fault })
      const sent = await broughtBy(app, async () => {
        const report = await app.exported(`export/start/${id}`)
        expect([report.status, report.offers.failed]).toEqual(['completedWithErrors', 1])
        expect(report.failures).toEqual([expect.objectContaining({ skuId: id, sellerId: '1' })])
      })
      expect(sent).toEqual([])
      expect(inIntershop(id)?.quantity).toBe(ORDINARY)
    }
  )
})

function bodyWithoutNumbers() {
  return JSON.stringify({ skuId: '1', balance: [{ warehouseId: '1_1', warehouseName: 'Main' }] })
}

describe('a sale in VTEX', () => {
  let id: number
  let left = ORDINARY

  beforeAll(() => {
    id = app.commerce.addSku()
  })

  it.each(['export', 'update', 'export/seller/1', 'export/time/5', 'export/seller/1/time/5'])(
    'reaches Intershop with POST %s',
    async (route) => {
      app.commerce.sell(id, 4)
      left -= 4
      await untilTold(app)
      await app.exported(route)
      expect(inIntershop(id)?.quantity).toBe(left)
    }
  )
})

it('POST /export/start/:startId sends SKUs from startId on and no others', async () => {
  const ids = [...app.commerce.catalog.ids()]
  const startId = ids[Math.floor(ids.length / 2)] ?? 0
  const sent = await broughtBy(app, async () => {
    const report = await app.exported(`export/start/${startId}`)
    expect(report.skus.planned).toBe(ids.filter((id) => id >= startId).length)
  })
  const named = ids.filter((id) => id >= startId).flatMap((id) => app.commerce.sku(id)?.refId ?? [])
  expect(sent.map(([offerSku]) => offerSku).sort()).toEqual(named.sort())
})

it('file names sort by observation, so that a late importer ends with the newest quantity', async () => {
  const id = app.commerce.addSku()
  app.intershop.importer.pause()
  const first = await app.ended(await app.accepted('export/seller/1'))
  app.commerce.sell(id, 9)
  const second = await app.ended(await app.accepted(`export/start/${id}`))
  expect(await app.intershop.importer.waiting()).toHaveLength(first.files + second.files)
  app.intershop.importer.resume()
  await app.intershop.idle()
  expect(inIntershop(id)?.quantity).toBe(ORDINARY - 9)
  let newest = 0
  for (const { name, offers } of await delivered()) {
    const moments = offers.map(({ observedAt = 0 }) => observedAt)
    expect([name, Math.min(...moments) >= newest]).toEqual([name, true])
    newest = Math.max(...moments)
  }
})

unless(whyNoValidation(), 'files against the schema')(
  "files validate against Intershop's catalog schema",
  async () => {
    await validate((await delivered()).map(({ path }) => path))
  }
)

it('POST /export leaves no rejected file and no leftovers in the import directory', async () => {
  await app.exported()
  const { inbox, error } = await app.intershop.files()
  expect({ inbox, error }).toEqual({ inbox: [], error: [] })
  await expectNoDifference()
})
