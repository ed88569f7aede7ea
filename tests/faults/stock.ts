import { isIncluded, WAREHOUSES } from '../../sandbox/world/commerce/warehouses'
import type { App } from '../e2e/support/app'
import { expectedNow, untilTold } from '../e2e/support/changes'
import { rotated } from './rotated'

const UNLIMITED = 9_999

/** SKUs of which something is sold in a turn. */
const SALES = 8

/**
 * Sells, restocks, sells out and brings back, each another SKU from turn to turn, so that an export has
 * something to tell; answers the SKUs.
 * @param also restocked, whatever else happens to them
 */
export async function changeStock(
  app: App,
  turn: number,
  also: readonly number[] = []
): Promise<number[]> {
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
  const [soldOut, restocked, ...others] = some
  const [back] = none
  const sold = others.slice(0, SALES)
  if (!soldOut || !restocked || sold.length === 0) throw new Error('too little stock to change')
  for (const { skuId } of sold) commerce.sell(skuId, 2)
  setTotal(app, restocked.skuId, 100 + turn)
  empty(app, soldOut.skuId)
  if (back) setTotal(app, back.skuId, 5 + turn)
  for (const skuId of also) setTotal(app, skuId, 30 + turn)
  await untilTold(app)
  const changed = [soldOut, restocked, ...sold, ...(back ? [back] : [])]
  return [...changed.map(({ skuId }) => skuId), ...also]
}

function setTotal({ commerce }: App, skuId: number, total: number): void {
  commerce.setBalance(skuId, '1_1', { total, reserved: 0 })
}

function empty({ commerce }: App, skuId: number): void {
  for (const { id } of WAREHOUSES.filter(isIncluded)) {
    commerce.setBalance(skuId, id, { total: 0, reserved: 0, unlimited: false })
  }
}
