import type { Company } from './company'
import { candidatesOf, conditionOf, type Filter } from './filter'
import { orderOf } from './order'
import type { Row } from './row'

/** A page of rows; pages start at 1. */
export interface Page {
  page: number
  limit: number
}

/** A part of a list. */
export interface Listed {
  rows: Iterable<Row>
  /** Whether more rows follow. */
  more: boolean
}

/** The rows that match a filter, in the company's order: a page, or all. */
export function list(company: Company, filter: Filter, page?: Page): Listed {
  const numbers = matching(company, filter)
  if (page === undefined) return { rows: present(company, numbers), more: false }
  const start = (page.page - 1) * page.limit
  const found: number[] = []
  let place = 0
  for (const number of numbers) {
    if (place++ < start) continue
    if (found.length === page.limit) return { rows: present(company, found), more: true }
    found.push(number)
  }
  return { rows: present(company, found), more: false }
}

function* matching(company: Company, filter: Filter): Generator<number> {
  const { all, compare } = orderOf(company)
  const numbers = candidatesOf(company, filter)?.sort(compare) ?? all()
  const leavesGap = company.behaviour.removal === 'leavesGap'
  const isMatch = conditionOf(company, filter)
  for (const number of numbers) {
    if ((leavesGap || !company.isRemoved(number)) && isMatch(number)) yield number
  }
}

/** Without removed rows, which may still take a place on the page. */
function* present(company: Company, numbers: Iterable<number>): Generator<Row> {
  for (const number of numbers) {
    if (!company.isRemoved(number)) yield company.rowAt(number)
  }
}
