import type { ExpectedOffer } from '../../../sandbox/comparison/expected-offer'
import { expectedOwnOffers } from '../../../sandbox/comparison/own-stock'
import { comparisonSettings } from '../../../sandbox/comparison/settings'
import type { App } from './app'
import { until } from './eventually'
import { deliveredFiles } from './files'

/** An offer as a file names it, and its quantity. */
export type Said = readonly [offerSku: string, quantity: number | undefined]

const TOPIC = 'broadcaster.notification'
const UNLIMITED = 9_999

/** What Intershop must hold, by what the account says now. */
export async function expectedNow(app: App): Promise<ExpectedOffer[]> {
  return [
    ...expectedOwnOffers(app.commerce, comparisonSettings(await app.platform.settings.read())),
  ]
}

/** What files must say of SKUs by what the account says now, sorted; nothing of SKUs without a name. */
export async function expectedOf(app: App, skuIds: readonly number[]): Promise<Said[]> {
  const wanted = new Set(skuIds)
  const expected = (await expectedNow(app)).filter(({ skuId }) => wanted.has(skuId))
  return sorted(expected.map(({ offerSku, quantity }) => [offerSku, quantity]))
}

/** What the files that an action brings say, sorted; an offer that comes twice is there twice. */
export async function broughtBy(app: App, action: () => Promise<unknown>): Promise<Said[]> {
  const { archive } = app.intershop.folders
  const before = new Set((await deliveredFiles(archive)).map(({ name }) => name))
  await action()
  await app.intershop.idle()
  const files = (await deliveredFiles(archive)).filter(({ name }) => !before.has(name))
  return sorted(files.flatMap(({ offers }) => offers.map(({ sku, quantity }) => [sku, quantity])))
}

/** Pending documents of what was reported: not those that updates named, of what is to be read once more. */
export const reportedFiles = async ({ platform }: App): Promise<string[]> =>
  (await platform.vbase.files('pending')).filter((name) => !/~\d{8}T\d{9}-/.test(name))

/** In order of offer SKUs. */
export const sorted = (said: Said[]) => said.sort(([a], [b]) => (a < b ? -1 : Number(a > b)))

/** SKUs with units that can be sold, and a name in Intershop. */
export async function sellable(app: App, count: number): Promise<number[]> {
  const offers = await expectedNow(app)
  const found = offers.filter(({ quantity }) => quantity > 3 && quantity !== UNLIMITED)
  if (found.length < count) throw new Error(`only ${found.length} SKUs have units to sell`)
  return found.slice(0, count).map(({ skuId }) => skuId)
}

/** Sells a unit of each. */
export function sell({ commerce }: App, skuIds: readonly number[]): void {
  for (const skuId of skuIds) commerce.sell(skuId, 1)
}

/** Until VTEX's change feed has told the app of every change, and the app has taken it in. */
export async function untilTold({ sandbox, platform }: App): Promise<void> {
  await sandbox.broadcaster.idle()
  await until('the app to be told of changes', () =>
    platform.courier.pending().every(({ topic }) => topic !== TOPIC)
  )
}

/** Sells a unit of each, and waits until the app knows. */
export async function sold(app: App, skuIds: readonly number[]): Promise<void> {
  sell(app, skuIds)
  await untilTold(app)
}
