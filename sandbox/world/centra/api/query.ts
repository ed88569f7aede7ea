import { parseWallTime } from '../dates'
import type { Filter } from '../filter'
import type { Page } from '../listing'

/** The parameters of a request. */
export interface StockQuery {
  filter: Filter
  /** Absent: all rows in one response. */
  page?: Page
  attributes: boolean
  physicalStock: boolean
}

/** Thrown for an invalid parameter. */
export class BadParameter extends Error {
  constructor(
    readonly parameter: string,
    readonly expected: string
  ) {
    super(`${parameter}: expected ${expected}`)
  }
}

/** The last value of a parameter; undefined if it is empty. */
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

/** Parses the parameters of a request; ignores unknown ones. Throws `BadParameter`. */
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

/** Returns whether the client requests XML: `xml`, `xml=1` or `xml=true`. */
export function asksForXml(query: URLSearchParams): boolean {
  return ['', '1', 'true'].includes(query.getAll('xml').at(-1) ?? 'false')
}
