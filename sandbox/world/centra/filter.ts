import type { Company } from './company'
import { isAfter } from './dates'
import { SEEDED_UNTIL } from './seeded'

/** What a call asks for; what is absent does not narrow it. Dates are wall times of the company. */
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

/** No time zone is further from UTC, and no clock further off. */
const MAX_OFFSET = 2 * 86_400_000

const DATES = [
  ['created', 'created'],
  ['modified', 'modified'],
  ['stock_modified', 'stockModified'],
] as const

const IDENTITIES = ['stockItemId', 'variantId', 'productId', 'sku', 'ean', 'upc'] as const

/** Whether the row with a number is asked for, removed or not. */
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

/** The only rows that can be asked for; undefined where that may be any. */
export function candidatesOf(company: Company, filter: Filter): number[] | undefined {
  if (filter.stockItemId !== undefined) {
    const number = company.seeded.ids.numberOf(filter.stockItemId)
    return number !== undefined && number < company.numbers ? [number] : []
  }
  const since = Math.max(...DATES.map(([name]) => filter[name] ?? Number.NEGATIVE_INFINITY))
  return since > SEEDED_UNTIL + MAX_OFFSET ? company.changedNumbers() : undefined
}
