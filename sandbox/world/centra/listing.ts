import type { Company } from './company'
import { candidatesOf, conditionOf, type Filter } from './filter'
import { orderOf } from './order'
import type { Row } from './row'

/** Which of the rows are wanted: pages count from 1. */
export interface Page {
  page: number
  limit: number
}

/** Some rows of a listing. */
export interface Listed {
  rows: Iterable<Row>
  /** Whether other rows come after them. */
  more: boolean
}

/** The rows that a filter lets through, in the company's order: a page of them, or all. */
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
  const keepsPlace = company.behaviour.removal === 'leavesGap'
  const isAskedFor = conditionOf(company, filter)
  for (const number of numbers) {
    if ((keepsPlace || !company.isRemoved(number)) && isAskedFor(number)) yield number
  }
}

/** Without removed rows, whose places may still count. */
function* present(company: Company, numbers: Iterable<number>): Generator<Row> {
  for (const number of numbers) {
    if (!company.isRemoved(number)) yield company.rowAt(number)
  }
}
