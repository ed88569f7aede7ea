import { seededRandom } from '../common/random'
import type { Sellers } from '../comparison/all-offers'
import type { Company } from '../world/centra/company'
import { availableOf } from '../world/centra/row'
import type { Account } from '../world/commerce/account'
import { RefusedChange } from '../world/commerce/changes'
import { counts as isCounted, WAREHOUSES } from '../world/commerce/warehouses'

/** The share of changes that are restocks; a sale for which there is no stock becomes one too. */
const RESTOCKS = 0.1
const MOST_SOLD = 3
/** The share of changes that are Centra's, where there is one. */
const OF_CENTRA = 0.2
const MOST_RESTOCKED = 24
const TICK = 50
/** What a busy process falls behind by more than this many milliseconds is not made up for. */
const CATCH_UP = 1_000

/** Customers who buy, and lorries that bring more. */
export interface Traffic {
  /** Changes of stock since the start. */
  readonly counts: { sales: number; restocks: number }
  stop(): void
}

/**
 * Starts sales and restocks, `perSecond` of them together, of SKUs from all over the catalog, and of rows from
 * all over Centra's stock. The same seed gives the same ones. A sandbox, or whatever has an account, will do.
 */
export function startTraffic(
  { commerce, centra }: Sellers,
  perSecond: number,
  seed = commerce.seed
): Traffic {
  const random = seededRandom(seed)
  const upTo = (most: number) => 1 + Math.floor(random() * most)
  const counts = { sales: 0, restocks: 0 }
  const warehouses = WAREHOUSES.filter(isCounted)
  let due = 0
  let lookedAt = Date.now()

  const changeOwn = () => {
    const row = Math.floor(random() * commerce.catalog.count)
    const [found] = commerce.catalog.rows(row, row + 1)
    if (found === undefined) return
    if (random() >= RESTOCKS && sold(commerce, found, upTo(MOST_SOLD))) {
      counts.sales++
      return
    }
    const skuId = commerce.kits.stockedAs(found)
    const { id } = warehouses[upTo(warehouses.length) - 1] ?? { id: '' }
    const total = commerce.balances(skuId).find(({ warehouseId }) => warehouseId === id)?.total ?? 0
    commerce.setBalance(skuId, id, { total: total + upTo(MOST_RESTOCKED) })
    counts.restocks++
  }
  const changeCentra = (company: Company) => {
    const number = upTo(company.numbers) - 1
    if (company.isRemoved(number)) return
    const row = company.rowAt(number)
    const units = upTo(MOST_SOLD)
    if (random() >= RESTOCKS && units <= availableOf(row)) {
      company.sell(row.stockItemId, units)
      counts.sales++
      return
    }
    company.restock(row.stockItemId, upTo(MOST_RESTOCKED))
    counts.restocks++
  }
  const change = () => (centra && random() < OF_CENTRA ? changeCentra(centra) : changeOwn())
  const timer = setInterval(() => {
    const now = Date.now()
    due += (Math.min(now - lookedAt, CATCH_UP) * perSecond) / 1000
    lookedAt = now
    for (; due >= 1; due--) change()
  }, TICK)
  return { counts, stop: () => clearInterval(timer) }
}

/** Whether there was stock to sell, and a sale changes it. */
function sold(commerce: Account, skuId: number, units: number): boolean {
  try {
    return commerce.sell(skuId, units)
  } catch (error) {
    if (error instanceof RefusedChange) return false
    throw error
  }
}
