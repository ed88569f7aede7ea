import type { SandboxOptions } from '../../../sandbox/sandbox'
import { sellOut } from '../../../sandbox/world/commerce/flash-sale'
import { isIncluded, WAREHOUSES } from '../../../sandbox/world/commerce/warehouses'
import type { App } from './app'
import { broughtBy, untilTold } from './changes'
import { type Report, sumOfOffers } from './report'

/** What there is of each SKU when a test begins. */
export const UNITS = 10
/** Another seller than the account, with as many units of the SKUs that it is given. */
export const OTHER = '2'

/** Makes changes of which VTEX tells nobody. */
export function untold({ sandbox }: App, change: () => void): void {
  const { behaviour } = sandbox.broadcaster
  behaviour.lost = 1
  change()
  behaviour.lost = 0
}

/** What a SKU has to sell, all of it in one warehouse. */
export function stock({ commerce }: App, skuId: number, units: number): void {
  for (const { id } of WAREHOUSES.filter(isIncluded)) {
    const total = id === '1_1' ? units : 0
    commerce.setBalance(skuId, id, { total, reserved: 0, unlimited: false })
  }
}

/** Has every SKU on sale. Other sellers have none of them. */
async function stockUp(app: App): Promise<void> {
  const { commerce, sandbox } = app
  // A notification without flags counts as a change of the SKU itself, of which nothing is kept then.
  sandbox.broadcaster.behaviour.partial = 0
  untold(app, () => {
    for (const id of commerce.catalog.ids()) {
      commerce.setFacts(id, { active: true, productActive: true })
      commerce.setFacts(id, { refId: `REF-${id}`, ean: `EAN-${id}` })
      stock(app, id, UNITS)
      for (const { id: seller } of commerce.sellers) {
        if (seller !== '1') commerce.marketplace.unbind(seller, id)
      }
    }
  })
}

/** Gives a seller units of SKUs to sell. */
export function supply({ commerce }: App, sellerId: string, skuIds: readonly number[]): void {
  for (const id of skuIds) {
    commerce.marketplace.bind(sellerId, id, { active: true, quantity: UNITS })
  }
}

/**
 * Has every SKU on sale, under its id where settings do not say otherwise, and some by other sellers too; and Intershop
 * know it.
 * @param supplies SKUs by seller
 */
export async function onSale(
  app: App,
  supplies: Readonly<Record<string, readonly number[]>> = {}
): Promise<Report> {
  await stockUp(app)
  for (const [sellerId, skuIds] of Object.entries(supplies)) supply(app, sellerId, skuIds)
  const report = await app.exported('update')
  await expectAllRight(app)
  return report
}

/** An export, whose counts add up. */
export async function exportOf(app: App, route: string): Promise<Report> {
  const report = await app.exported(route)
  expect(report.offers.processed).toBe(sumOfOffers(report))
  return report
}

/** An export, whose counts add up, and what it brought. */
export async function exportAndSaid(app: App, route: string) {
  let report: Report | undefined
  const said = await broughtBy(app, async () => {
    report = await exportOf(app, route)
  })
  if (!report) throw new Error(`${route} has no report`)
  return { report, said }
}

/** Own offers and the other seller's, under the SKUs' ids. */
export const STOCKED = {
  settings: { sellers: `1,${OTHER}`, skuIdentifier: 'skuId' },
} satisfies Partial<SandboxOptions>

/** The ids of the SKUs, ascending. */
export const idsOf = ({ commerce }: App) => [...commerce.catalog.ids()]

/** Sells out SKUs, and has VTEX tell of it. */
export async function soldOut(app: App, skuIds: readonly number[]): Promise<void> {
  sellOut(app.commerce, skuIds)
  await untilTold(app)
}

/** How SKUs stand in Intershop, or a seller's offers of them, under their ids. */
export const quantities = ({ intershop }: App, skuIds: readonly number[], sellerId = '1') =>
  skuIds.map(
    (id) => intershop.inventory.get(sellerId === '1' ? `${id}` : `${id}_${sellerId}`)?.quantity
  )

/** How often something is. */
export const times = <T>(count: number, each: T): T[] => Array<T>(count).fill(each)

/** What a report says of zeros. */
export const zerosOf = ({ status, offers, zeroed, heldOffers }: Report) => ({
  status,
  held: offers.held,
  named: heldOffers.length,
  ...zeroed,
})

/** Nothing of the kind; the export completed. */
export const NO_ZEROS = {
  ...{ status: 'completed', held: 0, named: 0 },
  ...{ read: 0, renamed: 0, removed: 0 },
} as const

/** Intershop holds what VTEX says, and nothing but zeros under names that are gone. */
export async function expectAllRight({ sandbox }: App): Promise<void> {
  const { examples, ...rest } = await sandbox.compare()
  expect(examples).toEqual({ differing: [], missing: [], surplus: [] })
  expect(rest).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}
