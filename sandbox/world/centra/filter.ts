import type { Company } from './company'
import { isAfter } from './dates'
import { SEEDED_UNTIL } from './seeded'

/** Filters of a request; absent ones do not apply. Dates are wall times of the company. */
export interface Filter {
  sku?: string
  ean?: string
  upc?: string
  productId?: number
  variantId?: number
  stockItemId?: number
  modified?: number
  stock_modified?: number
  created?: number
}

/** More than any time zone offset and clock skew. */
const MAX_OFFSET = 2 * 86_400_000

const DATES = [
  ['created', 'created'],
  ['modified', 'modified'],
  ['stock_modified', 'stockModified'],
] as const

const IDENTITIES = ['stockItemId', 'variantId', 'productId', 'sku', 'ean', 'upc'] as const

/** Returns a function that checks whether a row number matches the filter, also for removed rows. */
export function conditionOf(company: Company, filter: Filter): (number: number) => boolean {
  const { behaviour } = company
  const dates = DATES.flatMap(([name, field]) => {
    const wall = filter[name]
    return wall === undefined ? [] : [{ wall, field }]
  })
  const byId = filter.stockItemId !== undefined
  const unlisted = new Set(byId ? [] : behaviour.unlisted)
  const identities = IDENTITIES.filter((name) => filter[name] !== undefined)
  return (number) => {
    if (unlisted.size > 0 && unlisted.has(company.seeded.ids.stockItemId(number))) return false
    if (dates.length > 0) {
      const moments = company.momentsAt(number)
      if (!dates.every(({ wall, field }) => isAfter(moments[field], wall, behaviour))) return false
    }
    if (identities.length === 0) return true
    const row = company.rowAt(number)
    return identities.every((name) => row[name] === filter[name])
  }
}

/** The row numbers that can match; undefined if all can. */
export function candidatesOf(company: Company, filter: Filter): number[] | undefined {
  if (filter.stockItemId !== undefined) {
    const number = company.seeded.ids.numberOf(filter.stockItemId)
    return number !== undefined && number < company.numbers ? [number] : []
  }
  const since = Math.max(...DATES.map(([name]) => filter[name] ?? Number.NEGATIVE_INFINITY))
  return since > SEEDED_UNTIL + MAX_OFFSET ? company.changedNumbers() : undefined
}
