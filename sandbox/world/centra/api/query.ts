import { parseWallTime } from '../dates'
import type { Filter } from '../filter'
import type { Page } from '../listing'

/** What a call asks for. */
export interface StockQuery {
  filter: Filter
  /** Absent: everything at once. */
  page?: Page
  attributes: boolean
  physicalStock: boolean
}

/** A parameter that cannot be understood. */
export class BadParameter extends Error {
  constructor(
    readonly parameter: string,
    readonly expected: string
  ) {
    super(`${parameter}: expected ${expected}`)
  }
}

/** The last value of a parameter; an empty one is none. */
const valueIn = (query: URLSearchParams, name: string) => query.getAll(name).at(-1) || undefined

function whole(query: URLSearchParams, name: string): number | undefined {
  const text = valueIn(query, name)
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new BadParameter(name, 'an integer')
  return Number(text)
}

function date(query: URLSearchParams, name: string): number | undefined {
  const text = valueIn(query, name)
  if (text === undefined) return undefined
  const wall = parseWallTime(text)
  if (wall === undefined) throw new BadParameter(name, 'YYYY-mm-dd or YYYY-mm-dd HH:MM:SS')
  return wall
}

const list = (query: URLSearchParams, name: string) => (valueIn(query, name) ?? '').split(',')

/** Reads a call's parameters; those that Centra does not have are nothing to it. Throws `BadParameter`. */
export function readQuery(query: URLSearchParams): StockQuery {
  const limit = whole(query, 'limit')
  const page = whole(query, 'page') ?? 1
  return {
    filter: {
      sku: valueIn(query, 'sku'),
      ean: valueIn(query, 'ean'),
      upc: valueIn(query, 'upc'),
      productId: whole(query, 'productId'),
      variantId: whole(query, 'variantId'),
      stockItemId: whole(query, 'stockItemId'),
      modified: date(query, 'modified'),
      stock_modified: date(query, 'stock_modified'),
      created: date(query, 'created'),
    },
    ...(limit !== undefined && { page: { page, limit } }),
    attributes: list(query, 'include').includes('attributes'),
    physicalStock: !list(query, 'exclude').includes('physicalStock'),
  }
}

/** Whether XML is asked for: `xml`, `xml=1` or `xml=true`. */
export function asksForXml(query: URLSearchParams): boolean {
  return ['', '1', 'true'].includes(query.getAll('xml').at(-1) ?? 'false')
}
