import type { ExpectedOffer } from '../../../sandbox/comparison/expected-offer'
import { expectedFromSellers } from '../../../sandbox/comparison/other-sellers'
import { comparisonSettings } from '../../../sandbox/comparison/settings'
import { COMMERCE_HOST } from '../../../sandbox/world/commerce/api/listener'
import type { App } from './app'
import type { Said } from './changes'

/** Calls of the app by what they ask for. */
export const CALLS = {
  register: { upstream: COMMERCE_HOST, path: '/api/seller-register/' },
  bindings: { upstream: COMMERCE_HOST, path: '/api/sku-binding/' },
  offers: { upstream: COMMERCE_HOST, path: '/api/offer-manager/' },
  contexts: { upstream: COMMERCE_HOST, path: '/api/catalog_system/pvt/sku/stockkeepingunitbyid/' },
  catalog: { upstream: COMMERCE_HOST, path: '/api/catalog_system/pvt/sku/stockkeepingunitids' },
  stock: { upstream: COMMERCE_HOST, path: '/api/logistics/pvt/inventory/' },
} as const

/** What other sellers' offers must be, by what the account says now. */
export async function offersOfOthers(app: App): Promise<ExpectedOffer[]> {
  return [
    ...expectedFromSellers(app.commerce, comparisonSettings(await app.platform.settings.read())),
  ]
}

/** What Intershop holds of offers: `nothing`, or the quantity. */
export const heldOf = ({ intershop }: App, offerSkus: readonly string[]) =>
  offerSkus.map((sku) => intershop.inventory.get(sku)?.quantity ?? 'nothing')

/** How many calls of each kind an action takes. */
export async function callsOf(
  { platform: { faults } }: App,
  action: () => Promise<unknown>
): Promise<Record<keyof typeof CALLS, number>> {
  const kinds = Object.entries(CALLS)
  // A millisecond that is nothing to anybody, and is counted.
  const rules = kinds.map(([, where]) => faults.add({ ...where, kind: 'latency', ms: 1 }))
  await action()
  const counts = rules.map((id) => faults.list().find((each) => each.id === id)?.injected ?? 0)
  for (const id of rules) faults.remove(id)
  return Object.fromEntries(kinds.map(([name], index) => [name, counts[index]])) as Record<
    keyof typeof CALLS,
    number
  >
}

/** Names and quantities of offers, in the order in which files are told of. */
export const said = (offers: readonly ExpectedOffer[]): Said[] =>
  offers.map(({ offerSku, quantity }): Said => [offerSku, quantity]).sort(byName)

export const byName = ([a]: Said, [b]: Said) => (a < b ? -1 : 1)

/** Offers of another seller with something to sell. */
export async function sellableOf(app: App, sellerId: string): Promise<ExpectedOffer[]> {
  const offers = await offersOfOthers(app)
  return offers.filter((offer) => offer.sellerId === sellerId && offer.quantity > 1)
}

/** Throws where Intershop does not hold what it must, or more. */
export async function expectNoDifference({ sandbox }: App) {
  const { examples, ...counts } = await sandbox.compare()
  expect(examples).toEqual({ differing: [], missing: [], surplus: [] })
  expect(counts).toMatchObject({ differing: 0, missing: 0, removed: 0, surplus: 0 })
}
