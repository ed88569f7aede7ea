import { setFlagsFromString } from 'v8'
import { runInNewContext } from 'vm'
import { Account } from '../commerce/account'
import { skuIdByEan, skuIdByRefId } from '../commerce/references'
import { Company } from './company'
import { BLOCK } from './layout'
import { stockItemsBySku } from './matches'
import { availableOf, fullSkuOf, type Row } from './row'
import { SEEDED_UNTIL } from './seeded'
import { SharedSkus } from './shared'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Bytes that are really in use. */
function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

const companyOf = (size: number, seed = 1) => new Company({ size, seed })

describe.each([20, 300, 4_000])('Company beside %i VTEX SKUs', (size) => {
  const account = new Account('sandbox', size, 1)
  const company = companyOf(size)
  const rows = [...company.rows()]
  const byEan = ({ ean }: Row) => (ean ? skuIdByEan(account, ean) : undefined)
  const byFullSku = (row: Row) => skuIdByRefId(account, fullSkuOf(row))
  const some = (wanted: (row: Row) => boolean) => expect(rows.filter(wanted)).not.toEqual([])

  it('shares about a tenth of them, at least 20, each once except ambiguous ones', () => {
    const found = stockItemsBySku(account, company)
    const shared = Math.max(20, size / 10)
    // Some VTEX SKUs have neither EAN nor RefId.
    expect(found.size).toBeLessThanOrEqual(shared * 1.34)
    expect(found.size).toBeGreaterThan(shared * 0.9)
    const ambiguous = [...found.values()].filter((id) => id === null)
    expect(ambiguous.length).toBe(rows.length / BLOCK.rows)
  })

  it('includes rows matched by EAN with their own full SKU', () => {
    some((row) => byEan(row) !== undefined && byFullSku(row) === undefined)
  })

  it('includes rows without EAN matched by full SKU', () => {
    some((row) => row.ean === null && byFullSku(row) !== undefined)
    some((row) => row.ean === '' && byFullSku(row) !== undefined)
  })

  it('includes rows with an unknown EAN and a known full SKU', () => {
    some((row) => Boolean(row.ean) && byEan(row) === undefined && byFullSku(row) !== undefined)
  })

  it('includes rows whose EAN and full SKU match the same or different SKUs', () => {
    some((row) => byEan(row) !== undefined && byEan(row) === byFullSku(row))
    some((row) => {
      const [ean, fullSku] = [byEan(row), byFullSku(row)]
      return ean !== undefined && fullSku !== undefined && ean !== fullSku
    })
  })

  it('includes rows without a VTEX SKU, with and without EAN', () => {
    const isUnknown = (row: Row) => byEan(row) === undefined && byFullSku(row) === undefined
    some((row) => isUnknown(row) && Boolean(row.ean))
    some((row) => isUnknown(row) && !row.ean)
  })

  it('splits full SKUs into one, two and three parts', () => {
    const named = rows.filter((row) => byFullSku(row) !== undefined)
    const parts = named.map(({ variantSku, sizeSku }) => [variantSku !== '', Boolean(sizeSku)])
    expect(new Set(parts.map(String)).size).toBeGreaterThan(1)
    for (const { sku, variantSku, sizeSku } of named) {
      for (const part of [sku, variantSku, sizeSku ?? '']) expect(part).toBe(part.trim())
    }
  })

  it('includes inactive, sold out and negative rows', () => {
    some(({ active }) => !active)
    some((row) => availableOf(row) === 0)
    some((row) => availableOf(row) < 0)
  })

  it('includes products with several variants, variants with several sizes, and single sizes', () => {
    const count = (name: 'productId' | 'variantId', id: number) =>
      rows.filter((row) => row[name] === id).length
    some(({ variantId }) => count('variantId', variantId) === 3)
    some(({ productId }) => count('productId', productId) === 6)
    some(({ productId }) => count('productId', productId) === 1)
  })

  it('orders created, modified and stock_modified, all before any change', () => {
    for (const { created, modified, stockModified } of rows) {
      expect(created).toBeLessThan(modified)
      expect(modified).toBeLessThan(stockModified)
      expect(stockModified).toBeLessThan(SEEDED_UNTIL)
    }
    expect(new Set(rows.map(({ stockModified }) => stockModified)).size).toBe(rows.length)
  })

  it('generates the same rows for the same seed only', () => {
    expect([...companyOf(size).rows()]).toEqual(rows)
    expect([...companyOf(size, 2).rows()]).not.toEqual(rows)
  })
})

it('refers to each shared VTEX SKU once', () => {
  for (const size of [20, 199, 300, 4_000, 4_321]) {
    const shared = new SharedSkus(size, 1)
    const ids = Array.from({ length: shared.blocks * BLOCK.shared }, (_, place) =>
      shared.skuIdOf(Math.floor(place / BLOCK.shared), place % BLOCK.shared)
    )
    expect(ids).not.toContain(undefined)
    expect(new Set(ids).size).toBe(ids.length)
  }
})

it('works with a VTEX catalog of one SKU', () => {
  const account = new Account('sandbox', 1, 1)
  const company = companyOf(1)
  expect([...company.rows()]).toHaveLength(BLOCK.rows)
  expect([...stockItemsBySku(account, company).keys()]).toEqual([...account.catalog.ids()])
})

it('keeps only changed rows in memory', () => {
  const company = companyOf(1_000_000)
  expect(company.numbers).toBe(125_000)
  expect(company.changedNumbers()).toEqual([])
  const last = company.rowAt(company.numbers - 1)
  expect(company.row(last.stockItemId)).toEqual(last)
  company.sell(company.rowAt(77_777).stockItemId, 1)
  expect(company.changedNumbers()).toEqual([77_777])
})

it('uses constant memory for a million SKUs', () => {
  const before = heapUsed()
  const company = companyOf(1_000_000)
  for (let number = 0; number < 20_000; number++) company.rowAt(number)
  expect(heapUsed() - before).toBeLessThan(5_000_000)
  expect(company.numbers).toBe(125_000)
})
