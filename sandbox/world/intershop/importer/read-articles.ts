import type { OfferUpdate } from '../inventory'
import { Rejected } from './rejected'

const HEADER =
  'supplierArticleNo|currency|purchasePrice|listPrice|stockLevel|stockType|availabilityInDays|salesPrice|basicPrice|basicPriceUnitValue|basicPriceUnit|salesPriceOld|provisionType|provisionPercentage|taxType|isBestseller'
const COLUMNS = HEADER.split('|').length
/** Columns with prices: a file of stock alone leaves them empty. */
const PRICES = [1, 2, 3, ...Array.from({ length: 9 }, (_, index) => index + 7)]

/**
 * Reads the stock of a supplier's articles as Intershop Order Management does: a header, LF, `|`, and no quotes.
 * Throws `Rejected` with what is wrong.
 */
export function readArticles(csv: string): OfferUpdate[] {
  const [header, ...rows] = csv.split('\n')
  if (header !== HEADER) throw new Rejected('its first line is not the header')
  if (rows.pop() !== '') throw new Rejected('its last line has no end')
  return rows.map(readArticle)
}

function readArticle(row: string, index: number): OfferUpdate {
  const wrong = (what: string) => new Rejected(`line ${index + 2}: ${what}`)
  const fields = row.split('|')
  if (fields.length !== COLUMNS) throw wrong(`${fields.length} columns, expected ${COLUMNS}`)
  const [sku = '', , , , stock = '', stockType, days] = fields
  if (sku === '') throw wrong('no supplierArticleNo')
  if (/\p{Cc}/u.test(row)) throw wrong('a control character')
  if (!/^\d{1,10}$/.test(stock)) throw wrong('stockLevel is no whole number')
  if (stockType !== '1' || days !== '0') throw wrong('stockType or availabilityInDays is another')
  if (PRICES.some((column) => fields[column] !== ''))
    throw wrong('a price, though only stock is sent')
  const quantity = Number(stock)
  return { sku, quantity, available: quantity > 0, orderable: quantity > 0 }
}
