import type { ExpectedOffer } from '../../sandbox/comparison/expected-offer'
import { availableOf } from '../../sandbox/world/centra/row'
import type { App } from '../e2e/support/app'
import { centraNow, companyOf, skusOfRows } from '../e2e/support/centra'
import { BROKEN_ROWS } from './brokenRows'
import { rotated } from './rotated'

const SALES = 3

/**
 * Sells, restocks, sells out and brings back in Centra, each another row from turn to turn; answers the SKUs
 * that the rows are.
 * @param also restocked, whatever else happens to them
 */
export async function changeCentra(
  app: App,
  turn: number,
  also: readonly number[] = []
): Promise<number[]> {
  const company = companyOf(app)
  const skus = skusOfRows(app)
  const offered = new Set((await centraNow(app)).map(({ skuId }) => skuId))
  const rows = rotated(
    [...skus].filter(
      ([id, skuId]) => offered.has(skuId) && company.row(id)?.active && !BROKEN_ROWS.includes(id)
    ),
    2 * turn
  )
  const inStock = (id: number) => {
    const row = company.row(id)
    return row !== undefined && availableOf(row) > 3
  }
  const [soldOut, restocked, ...others] = rows.filter(([id]) => inStock(id))
  const [back] = rows.filter(([id]) => !inStock(id))
  const sold = others.slice(0, SALES)
  if (!soldOut || !restocked || sold.length === 0) throw new Error('too little in Centra to change')
  for (const [id] of sold) company.sell(id, 1)
  company.setStock(restocked[0], { physicalStock: 60 + turn, allocatedStock: 0 })
  company.setStock(soldOut[0], { physicalStock: 2, allocatedStock: 2 })
  if (back) company.setStock(back[0], { physicalStock: 9 + turn, allocatedStock: 1 })
  for (const id of also) company.setStock(id, { physicalStock: 30 + turn, allocatedStock: 0 })
  const changed = [soldOut, restocked, ...sold, ...(back ? [back] : [])].map(([, skuId]) => skuId)
  return [...changed, ...also.flatMap((id) => skus.get(id) ?? [])]
}

/** Centra's offers that changed at any time: an update asks from ten minutes further back. */
export async function changedInCentra(app: App): Promise<ExpectedOffer[]> {
  const company = companyOf(app)
  const changed = new Set(
    [...skusOfRows(app)].flatMap(([id, skuId]) => {
      const row = company.row(id)
      return row && company.changedAt(row) !== undefined ? [skuId] : []
    })
  )
  return (await centraNow(app)).filter(({ skuId }) => changed.has(skuId))
}
