import { type ExpectedOffer, expectedOffers } from '../../sandbox/world/commerce/truth'
import { truthSettings } from '../../sandbox/world/commerce/truth-settings'
import { counts, WAREHOUSES } from '../../sandbox/world/commerce/warehouses'
import type { App } from '../e2e/support/app'
import { until } from '../e2e/support/eventually'

const UNLIMITED = 9_999

/** What Intershop must hold, by what the account says now. */
export async function expectedNow(app: App): Promise<ExpectedOffer[]> {
  return [...expectedOffers(app.commerce, truthSettings(await app.platform.settings.read()))]
}

/**
 * Sells, restocks, sells out and brings back, each another SKU from turn to turn, so that an export has
 * something to tell; answers the SKUs.
 */
export async function changeStock(app: App, turn: number): Promise<number[]> {
  const { commerce } = app
  const offers = (await expectedNow(app)).filter(({ skuId, quantity }) => {
    const sku = commerce.sku(skuId)
    return quantity !== UNLIMITED && sku?.active && sku.productActive
  })
  const some = rotated(
    offers.filter(({ quantity }) => quantity > 3),
    3 * turn
  )
  const none = rotated(
    offers.filter(({ quantity }) => quantity === 0),
    turn
  )
  const [sold, restocked, soldOut] = some
  const [back] = none
  if (!sold || !restocked || !soldOut) throw new Error('too little stock to change')
  commerce.sell(sold.skuId, 2)
  setTotal(app, restocked.skuId, 100 + turn)
  empty(app, soldOut.skuId)
  if (back) setTotal(app, back.skuId, 5 + turn)
  await untilTold(app)
  return [sold, restocked, soldOut, ...(back ? [back] : [])].map(({ skuId }) => skuId)
}

/** Until VTEX's change feed has told the app of every change. */
function untilTold({ platform }: App): Promise<void> {
  return until('the app to be told of changes', () =>
    platform.courier.pending().every(({ topic }) => topic !== 'broadcaster.notification')
  )
}

function setTotal({ commerce }: App, skuId: number, total: number): void {
  commerce.setBalance(skuId, '1_1', { total, reserved: 0 })
}

function empty({ commerce }: App, skuId: number): void {
  for (const { id } of WAREHOUSES.filter(counts)) {
    commerce.setBalance(skuId, id, { total: 0, reserved: 0, unlimited: false })
  }
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const start = items.length === 0 ? 0 : by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
