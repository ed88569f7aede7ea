import { readArticles } from './read-articles'

const HEADER =
  'supplierArticleNo|currency|purchasePrice|listPrice|stockLevel|stockType|availabilityInDays|salesPrice|basicPrice|basicPriceUnitValue|basicPriceUnit|salesPriceOld|provisionType|provisionPercentage|taxType|isBestseller'
const row = (sku: string, stock: string) => `${sku}||||${stock}|1|0|||||||||`

it('readArticles reads the stock of each article', () => {
  expect(readArticles(`${HEADER}\n${row('A', '17')}\n${row('B', '0')}\n`)).toEqual([
    { sku: 'A', quantity: 17, available: true, orderable: true },
    { sku: 'B', quantity: 0, available: false, orderable: false },
  ])
})

it.each([
  ['no header', `${row('A', '1')}\n`, 'header'],
  ['half a file', `${HEADER}\n${row('A', '1')}`, 'last line'],
  ['a | in a value', `${HEADER}\n${row('A|B', '1')}\n`, '17 columns'],
  ['no article', `${HEADER}\n${row('', '1')}\n`, 'supplierArticleNo'],
  ['no stock', `${HEADER}\n${row('A', '')}\n`, 'stockLevel'],
  ['stock below 0', `${HEADER}\n${row('A', '-1')}\n`, 'stockLevel'],
  ['Windows line ends', `${HEADER}\n${row('A', '1')}\r\n`, 'control'],
  ['a price', `${HEADER}\nA|USD|1|2|5|1|0|||||||||\n`, 'price'],
])('readArticles rejects %s', (_, csv, reason) => {
  expect(() => readArticles(csv)).toThrow(reason)
})
