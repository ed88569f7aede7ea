import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { sellOut } from '../../sandbox/world/commerce/flash-sale'
import { App } from './support/app'
import { cacheable, errorOf } from './support/expectations'
import { json } from './support/http'
import { looked } from './support/looked'
import { SELDOM } from './support/scheduled'
import {
  exportOf,
  idsOf,
  onSale,
  quantities,
  STOCKED,
  stock,
  times,
  UNITS,
  untold,
} from './support/zeros'

const SKUS = 60
/** So many may be newly 0 in an hour, however small the catalog is. */
const ALLOWED = 20
const SOLD_OUT = 30

let app: App
let ids: number[]
/** Held, ascending. */
let held: number[]
let exportId: string

beforeAll(async () => {
  const settings = { ...STOCKED.settings, ...SELDOM, maxNewlyZeroPercent: 10 }
  app = await App.start({ skus: SKUS, settings })
  ids = idsOf(app)
  await onSale(app)
  untold(app, () => sellOut(app.commerce, ids.slice(0, SOLD_OUT)))
  const report = await app.exported('export')
  exportId = report.exportId
  held = report.heldOffers.map(({ skuId }) => skuId).sort((a, b) => a - b)
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

const decide = async (verb: string, selection: object) => {
  const body = JSON.stringify(selection)
  const headers = { 'x-intershop-trigger': 'console' }
  const answer = await app.post(`held/${verb}`, { body, headers })
  expect(answer.status).toBe(202)
  const id = looked.accepted(json(answer)).exportId
  expect(answer.headers['x-export-id']).toBe(id)
  const report = await app.ended(id)
  await app.intershop.idle()
  return report
}

const heldNow = async (query = '') => looked.held(json(await app.send('GET', `held${query}`)))
const sku = async (id: number, query = '') =>
  looked.sku(json(await app.send('GET', `skus/${id}${query}`)))
const ownOf = <T extends { sellerId: string }>(offers: readonly T[]) =>
  offers.find(({ sellerId }) => sellerId === '1')

it('GET /held lists all held offers with what was sent last, SKU ids descending, in pages', async () => {
  expect(held).toHaveLength(SOLD_OUT - ALLOWED)
  const all = await heldNow()
  expect(all.items.map(({ skuId }) => skuId)).toEqual([...held].reverse())
  expect(all.items[0]).toMatchObject({ source: 'own', lastSent: UNITS, found: 0 })
  const first = await heldNow('?limit=4')
  const second = await heldNow(`?limit=100&before=${first.next}`)
  expect([...first.items, ...second.items]).toEqual(all.items)
  expect((await heldNow('?sellerId=2')).items).toEqual([])
})

it('GET /status asks for an action, with the numbers and the call that shows them', async () => {
  const { state, reasons, held: counts } = await looked.status(app)
  expect(state).toBe('actionRequired')
  expect(reasons).toEqual([
    expect.objectContaining({
      code: 'offers_held',
      numbers: { held: held.length, own: held.length, centra: 0, sellers: 0 },
    }),
  ])
  expect(counts.total).toBe(held.length)
})

it('GET /exports/:exportId/held has all of them in pages, and its report says how to release them', async () => {
  const { notes } = await app.report(exportId)
  const call = 'POST /_v/intershop/stock/held/release {"sellers":["1"]}'
  expect(notes).toEqual([expect.stringContaining(call)])
  const page = looked.exportHeld(json(await app.send('GET', `exports/${exportId}/held?limit=6`)))
  expect([page.total, page.items.length, page.next]).toEqual([held.length, 6, 6])
  const csv = await app.send('GET', `exports/${exportId}/held?format=csv&after=6`)
  expect(csv.body.toString('utf8').trim().split('\n')).toHaveLength(1 + held.length - 6)
})

it('GET /skus/:skuId shows the export and files that sent an offer, and with live what comes next', async () => {
  const [id = 0] = held
  const { offers, live } = await sku(id, '?live=true')
  const own = ownOf(offers)
  expect(own).toMatchObject({ source: 'own', held: true, dismissed: false })
  expect(own?.lastSent.quantity).toBe(UNITS)
  expect(await app.report(own?.lastSent.exportId ?? '')).toMatchObject({ route: 'update' })
  expect(own?.lastSent.files).toEqual([expect.stringMatching(/^stock-.*\.xml$/)])
  expect(ownOf(live?.offers ?? [])).toMatchObject({ quantity: 0, next: 'hold' })
  const [, , ...onSaleStill] = ids.slice(SOLD_OUT)
  const other = await sku(onSaleStill[0] ?? 0, '?live=true')
  expect(ownOf(other.live?.offers ?? [])).toMatchObject({ quantity: UNITS, next: 'unchanged' })
})

it('GET /skus/:skuId?live=true says that a read failed, without a quantity, and writes nothing', async () => {
  const written = await app.platform.vbase.files('names')
  app.platform.faults.add({ upstream: COMMERCE_HOST, kind: 'status', status: 403 })
  const { live } = await sku(held[0] ?? 0, '?live=true')
  const said = [...(live?.offers ?? []), ...(live?.failures ?? [])]
  expect(said.length).toBeGreaterThan(0)
  expect(live?.offers.map(({ quantity }) => quantity).filter((each) => each !== undefined)).toEqual(
    []
  )
  expect(await app.platform.vbase.files('names')).toEqual(written)
})

it('POST /held/release with dryRun reports what would be sent, and sends nothing', async () => {
  const report = await decide('release', { skus: held.slice(0, 3), dryRun: true })
  expect(report).toMatchObject({ route: 'release', trigger: 'console', dryRun: true, files: 0 })
  expect([report.offers.sent, report.offers.held]).toEqual([3, 0])
  expect(quantities(app, held)).toEqual(times(held.length, UNITS))
})

it('POST /held/release sends the zeros of these SKUs, and of no others', async () => {
  const released = held.slice(0, 3)
  const report = await decide('release', { skus: [...released, ids.at(-1)] })
  expect([report.status, report.offers.processed, report.offers.sent]).toEqual(['completed', 3, 3])
  held = held.slice(3)
  expect(quantities(app, released)).toEqual(times(3, 0))
  expect(quantities(app, held)).toEqual(times(held.length, UNITS))
  expect((await heldNow()).items).toHaveLength(held.length)
  expect((await looked.status(app)).held.total).toBe(held.length)
})

it('POST /held/dismiss keeps what was sent until the source is above 0 again', async () => {
  const dismissed = held.slice(0, 3)
  const [back = 0] = dismissed
  const report = await decide('dismiss', { skus: dismissed, sellers: ['1'] })
  expect([report.status, report.offers.sent, report.offers.unchanged]).toEqual(['completed', 0, 3])
  held = held.slice(3)
  expect((await heldNow()).items).toHaveLength(held.length)
  expect(ownOf((await sku(back)).offers)).toMatchObject({ held: false, dismissed: true })
  const full = await exportOf(app, 'export')
  expect([full.offers.unchanged, full.offers.held]).toEqual([3, held.length])
  expect(quantities(app, dismissed)).toEqual(times(3, UNITS))
  // Back at the quantity that Intershop has: from now on it counts as any other.
  untold(app, () => stock(app, back, UNITS))
  await exportOf(app, 'export')
  expect(ownOf((await sku(back)).offers)).toMatchObject({ held: false, dismissed: false })
})

it('POST /held/release of a seller releases all that it has, and GET /status is ok again', async () => {
  const report = await decide('release', { sellers: ['1'] })
  expect([report.status, report.offers.sent]).toEqual(['completed', held.length])
  expect(quantities(app, held)).toEqual(times(held.length, 0))
  expect((await heldNow()).items).toEqual([])
  const { state, held: counts } = await looked.status(app)
  expect([state, counts.total]).toEqual(['ok', 0])
})

it.each([
  ['{}', 'invalid_body'],
  ['{"skus":[]}', 'invalid_body'],
  ['{"skus":["1"]}', 'invalid_body'],
  ['{"skus":[1],"other":1}', 'invalid_body'],
  ['{"sellers":["../1"]}', 'invalid_body'],
  ['no JSON', 'invalid_body'],
])('POST /held/release responds 400 to %s', async (body, code) => {
  const answer = await app.post('held/release', { body })
  expect([answer.status, errorOf(answer).code]).toEqual([400, code])
})

it('GET /exports filters by route, trigger and status', async () => {
  const routes = async (query: string) => (await app.reports(query)).map(({ route }) => route)
  expect(await routes('?route=dismiss')).toEqual(['dismiss'])
  expect(new Set(await routes('?trigger=console'))).toEqual(new Set(['release', 'dismiss']))
  expect(await routes('?status=failed')).toEqual([])
  const [first] = await app.reports('?limit=1')
  const [second] = await app.reports(`?limit=1&before=${first?.exportId}`)
  expect([first, second]).toEqual(await app.reports('?limit=2'))
  const wrong = await app.send('GET', 'exports?limit=51')
  expect([wrong.status, errorOf(wrong).code]).toEqual([400, 'invalid_parameter'])
})

it('all responses forbid caching', () => {
  expect(cacheable(app)).toEqual([])
})
