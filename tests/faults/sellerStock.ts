import type { App } from '../e2e/support/app'

/** The seller whose offers change. */
export const BUSY_SELLER = '2'

const SELLS_OUT = 3

/** Another quantity from turn to turn of what a seller offers of some SKUs, every third of them nothing. */
export function changeOffers({ commerce }: App, turn: number, skuIds: readonly number[]): void {
  for (const [index, skuId] of skuIds.entries()) {
    const quantity = (turn + index) % SELLS_OUT === 0 ? 0 : 10 + ((turn + index) % 40)
    commerce.marketplace.bind(BUSY_SELLER, skuId, { quantity })
  }
}
