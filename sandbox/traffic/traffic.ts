import { seededRandom } from '../common/random'
import type { StockSources } from '../comparison/expected-offers'
import type { Company } from '../world/centra/company'
import { availableOf } from '../world/centra/row'
import type { Account } from '../world/commerce/account'
import { RefusedChange } from '../world/commerce/changes'
import { isIncluded, WAREHOUSES } from '../world/commerce/warehouses'

/** The share of changes that are restocks; a sale without stock becomes a restock too. */
const RESTOCKS = 0.1
const MAX_SOLD = 3
/** The share of changes in Centra, if it is simulated. */
const CENTRA_SHARE = 0.2
const MAX_RESTOCKED = 24
const TICK = 50
/** A busy process catches up on at most this many milliseconds. */
const CATCH_UP = 1_000

/** Running sales and restocks. */
export interface Traffic {
  /** Changes of stock since the start. */
  readonly counts: { sales: number; restocks: number }
  stop(): void
}

/** Starts `perSecond` sales and restocks of random SKUs and Centra rows; the same seed gives the same changes. */
export function startTraffic(
  { commerce, centra }: StockSources,
  perSecond: number,
  seed = commerce.seed
): Traffic {
  const random = seededRandom(seed)
  const upTo = (most: number) => 1 + Math.floor(random() * most)
  const counts = { sales: 0, restocks: 0 }
  const warehouses = WAREHOUSES.filter(isIncluded)
  let due = 0
  let lookedAt = Date.now()

  const changeOwn = () => {
    const row = Math.floor(random() * commerce.catalog.count)
    const [found] = commerce.catalog.rows(row, row + 1)
    if (found === undefined) return
    if (random() >= RESTOCKS && sold(commerce, found, upTo(MAX_SOLD))) {
      counts.sales++
      return
    }
    const skuId = commerce.kits.stockedSku(found)
    const { id } = warehouses[upTo(warehouses.length) - 1] ?? { id: '' }
    const total = commerce.balances(skuId).find(({ warehouseId }) => warehouseId === id)?.total ?? 0
    commerce.setBalance(skuId, id, { total: total + upTo(MAX_RESTOCKED) })
    counts.restocks++
  }
  const changeCentra = (company: Company) => {
    const number = upTo(company.numbers) - 1
    if (company.isRemoved(number)) return
    const row = company.rowAt(number)
    const units = upTo(MAX_SOLD)
    if (random() >= RESTOCKS && units <= availableOf(row)) {
      company.sell(row.stockItemId, units)
      counts.sales++
      return
    }
    company.restock(row.stockItemId, upTo(MAX_RESTOCKED))
    counts.restocks++
  }
  const change = () => (centra && random() < CENTRA_SHARE ? changeCentra(centra) : changeOwn())
  const timer = setInterval(() => {
    const now = Date.now()
    due += (Math.min(now - lookedAt, CATCH_UP) * perSecond) / 1000
    lookedAt = now
    for (; due >= 1; due--) change()
  }, TICK)
  return { counts, stop: () => clearInterval(timer) }
}

/** Sells units; returns false if there is no stock or it is unlimited. */
function sold(commerce: Account, skuId: number, units: number): boolean {
  try {
    return commerce.sell(skuId, units)
  } catch (error) {
    if (error instanceof RefusedChange) return false
    throw error
  }
}
