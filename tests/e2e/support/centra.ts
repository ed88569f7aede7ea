import { expectedFromCentra } from '../../../sandbox/comparison/centra'
import type { ExpectedOffer } from '../../../sandbox/comparison/expected-offer'
import { comparisonSettings } from '../../../sandbox/comparison/settings'
import { CENTRA_SELLER } from '../../../sandbox/world/centra/access'
import { CENTRA_HOST } from '../../../sandbox/world/centra/api/listener'
import type { Company } from '../../../sandbox/world/centra/company'
import { stockItemsBySku } from '../../../sandbox/world/centra/matches'
import { availableOf } from '../../../sandbox/world/centra/row'
import type { App } from './app'
import { broughtBy, expectedNow, type Said, sorted } from './changes'
import { heldOf } from './marketplace'
import type { Report } from './report'
import { MINUTE, type TimeMachine } from './timeMachine'

/** What is asked of Centra, by the names of the parameters. */
export const ALL_ROWS = 'exclude=physicalStock&limit'
/** Of stock, and of the rows themselves. */
export const CHANGED_ROWS = [
  'exclude=physicalStock&limit&modified',
  'exclude=physicalStock&limit&stock_modified',
]
export const ONE_ROW = 'exclude=physicalStock&limit&stockItemId'

/** The company that keeps stock in Centra. Throws where the sandbox was started without one. */
export function companyOf({ sandbox }: App): Company {
  if (!sandbox.centra) throw new Error('the sandbox was started without Centra')
  return sandbox.centra
}

/** What Intershop must hold of Centra's seller, by what the company and the account say now. */
export async function centraNow(app: App): Promise<ExpectedOffer[]> {
  const settings = comparisonSettings(await app.platform.settings.read())
  return [...expectedFromCentra(companyOf(app), app.commerce, settings)]
}

/** The SKU of each row that is one, whether or not it has a name in Intershop. */
export function skusOfRows(app: App): Map<number, number> {
  const pairs = [...stockItemsBySku(app.commerce, companyOf(app))]
  return new Map(pairs.flatMap(([skuId, row]) => (row === null ? [] : [[row, skuId]])))
}

/** Rows are gone from Centra when a page is asked for the next time, and those after them stand further ahead. */
export function removeBeforePage(app: App, page: number, rows: readonly number[]): void {
  const company = companyOf(app)
  const count = company.calls.count.bind(company.calls)
  const spy = jest.spyOn(company.calls, 'count').mockImplementation((query) => {
    count(query)
    if (query.get('page') !== String(page)) return
    spy.mockRestore()
    for (const row of rows) company.removeRow(row)
  })
}

/** What files say of several sources, in order. */
export const together = (...said: Said[][]): Said[] => sorted(said.flat())

/** What files must say of rows by what the company says now, sorted; of all rows where none are named. */
export async function expectedOfRows(app: App, rows?: readonly number[]): Promise<Said[]> {
  const skus = skusOfRows(app)
  const wanted = rows && new Set(rows.map((row) => skus.get(row)))
  const offers = (await centraNow(app)).filter(({ skuId }) => wanted?.has(skuId) ?? true)
  return saidOf(offers)
}

/** What files must say when own stock and Centra are exported whole, or of SKUs from an id on. */
export async function expectedOfBoth(app: App, startId = 0): Promise<Said[]> {
  const offers = [...(await expectedNow(app)), ...(await centraNow(app))]
  return saidOf(offers.filter(({ skuId }) => skuId >= startId))
}

const saidOf = (offers: readonly ExpectedOffer[]) =>
  sorted(offers.map(({ offerSku, quantity }): Said => [offerSku, quantity]))

/** Rows with units that can be sold, whose SKU is active and has a name in Intershop. */
export async function sellableRows(app: App, count: number): Promise<number[]> {
  const company = companyOf(app)
  const offered = new Set((await centraNow(app)).filter(isInStock).map(({ skuId }) => skuId))
  const rows = [...skusOfRows(app)].flatMap(([row, skuId]) => (offered.has(skuId) ? [row] : []))
  const found = rows.filter((id) => {
    const row = company.row(id)
    return row !== undefined && availableOf(row) > 5
  })
  if (found.length < count) throw new Error(`only ${found.length} rows have units to sell`)
  return found.slice(0, count)
}

const isInStock = ({ quantity }: ExpectedOffer) => quantity > 0

/** Takes the last of some rows, and tells what Intershop has of it: as much as Centra, now. */
export async function takeRow(app: App, rows: number[]) {
  const row = rows.pop() ?? 0
  const skuId = skusOfRows(app).get(row) ?? 0
  const offerSku = `${skuId}_${CENTRA_SELLER}`
  const quantity = (await centraNow(app)).find((offer) => offer.skuId === skuId)?.quantity ?? 0
  const held = () => heldOf(app, [offerSku])
  expect(held()).toEqual([quantity])
  return { row, skuId, quantity, held }
}

/** One call of Centra that names a row. */
export const asksForRow = (row: number) => ({
  upstream: CENTRA_HOST,
  path: `stockItemId=${row}(&|$)`,
})

/** Sells a unit of each, now or at a moment in epoch milliseconds. */
export function sellRows(app: App, rows: readonly number[], at?: number): void {
  for (const row of rows) companyOf(app).sell(row, 1, at)
}

/** What an export that ends well brings, sorted; and how Centra was asked meanwhile. */
export async function by(app: App, route: string): Promise<{ said: Said[]; asked: string[] }> {
  const { calls } = companyOf(app)
  calls.reset()
  const said = await broughtBy(app, async () => {
    const { status, error } = await app.exported(route)
    expect([route, status, error]).toEqual([route, 'completed', undefined])
  })
  return { said, asked: Object.keys(calls.all().byShape).sort() }
}

/** How Centra's source ended, and what came of its offers. */
export function centraIn({ sources }: Report) {
  if (!sources.centra) throw new Error('the report tells nothing of Centra')
  return sources.centra
}

/** What of this was said of Centra's seller. */
export const ofCentra = (said: readonly Said[]) =>
  said.filter(([offerSku]) => offerSku.endsWith(`_${CENTRA_SELLER}`))

/** Three readings after the last change: the next update reads what changes from now on, and nothing else. */
export async function forgetChanges(machine: TimeMachine): Promise<void> {
  await machine.travel(20 * MINUTE)
  for (let update = 0; update < 3; update++) await machine.app.exported('update')
}

/** Intershop holds exactly what VTEX and Centra say. */
export async function expectAsTheSourcesSay(app: App): Promise<void> {
  await app.intershop.idle()
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}
