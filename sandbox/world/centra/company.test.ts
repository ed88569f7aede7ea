import { appendFileSync } from 'fs'
import { join } from 'path'
import { temporaryFolder } from '../../common/temporary-folder'
import { RefusedChange } from '../commerce/changes'
import { Company } from './company'
import { persistCompany } from './journal'
import { availableOf } from './row'

const AT = Date.UTC(2026, 5, 1)
const folder = temporaryFolder()
afterAll(folder.remove)

const start = (name: string) => {
  const company = new Company({ size: 300, seed: 1 })
  persistCompany(company, join(folder.path, name))
  return company
}
/** A row that is active and has units to sell. */
const ordinary = (company: Company) => {
  const row = [...company.rows()].find((each) => each.active && availableOf(each) > 5)
  if (!row) throw new Error('all are odd')
  return row
}

describe('Company', () => {
  const company = new Company({ size: 300, seed: 1 })
  const { stockItemId: id } = ordinary(company)

  it('sell allocates at most the available units', () => {
    const before = ordinary(company)
    const after = company.sell(id, 3, AT)
    expect(after).toEqual({ ...before, allocated: before.allocated + 3, stockModified: AT })
    expect(company.row(id)).toEqual(after)
    expect(() => company.sell(id, availableOf(after) + 1)).toThrow(RefusedChange)
    expect(company.row(id)).toEqual(after)
  })

  it('restock adds units', () => {
    const before = ordinary(company)
    expect(company.restock(id, 7, AT + 1)).toEqual({
      ...before,
      physical: before.physical + 7,
      stockModified: AT + 1,
    })
  })

  it('setStock keeps absent fields and allows negative available stock', () => {
    const { physical } = ordinary(company)
    const row = company.setStock(id, { allocatedStock: physical + 4 }, AT + 2)
    expect([row.physical, availableOf(row), row.stockModified]).toEqual([physical, -4, AT + 2])
    expect(company.setStock(id, { physicalStock: 500 })).toMatchObject({ physical: 500 })
  })
})

it('Company changes `modified` and nothing else for a change of the row itself', () => {
  const company = new Company({ size: 300, seed: 1 })
  const before = ordinary(company)
  const id = before.stockItemId
  expect(company.setActive(id, false, AT)).toEqual({ ...before, active: false, modified: AT })
  expect(company.setEan(id, '4006381333931', AT)).toMatchObject({ ean: '4006381333931' })
  expect(company.setEan(id, null, AT)).toMatchObject({ ean: null, active: false })
  expect(company.setFacts(id, { sku: 'A', sizeSku: null }, AT + 1)).toEqual({
    ...{ ...before, active: false, ean: null, sku: 'A', sizeSku: null, modified: AT + 1 },
  })
})

it('addRow uses new highest ids and sets created', () => {
  const company = new Company({ size: 300, seed: 1 })
  const last = [...company.rows()].at(-1)
  const first = company.addRow({ sku: 'NEW', ean: '4006381333931' }, AT)
  const second = company.addRow({ sku: 'NEW', physicalStock: 3 }, AT)
  expect(first).toMatchObject({ sku: 'NEW', ean: '4006381333931', physical: 10, created: AT })
  expect(second).toMatchObject({ ean: null, physical: 3, allocated: 0, stockModified: AT })
  for (const name of ['stockItemId', 'productId', 'variantId'] as const) {
    expect(first[name]).toBeGreaterThan(last?.[name] ?? 0)
    expect(second[name]).toBeGreaterThan(first[name])
  }
  expect([...company.rows()].slice(-2)).toEqual([first, second])
})

it('removeRow removes the row from all reads', () => {
  const company = new Company({ size: 300, seed: 1 })
  const { stockItemId: id } = ordinary(company)
  const before = [...company.rows()]
  company.removeRow(id)
  expect(company.row(id)).toBeUndefined()
  expect([...company.rows()]).toEqual(before.filter((row) => row.stockItemId !== id))
  for (const change of [
    () => company.removeRow(id),
    () => company.sell(id, 1),
    () => company.setActive(id, true),
  ]) {
    expect(change).toThrow(`there is no row ${id}`)
  }
})

it('persistCompany replays changes with their times, without an incomplete last line', () => {
  const company = start('centra.jsonl')
  const rows = [...company.rows()]
  const [first, second, third] = rows.map(({ stockItemId }) => stockItemId)
  company.restock(Number(first), 5, AT)
  company.sell(Number(first), 2)
  company.setEan(Number(second), null, AT + 5)
  company.setStock(Number(second), { physicalStock: 9, allocatedStock: 1 })
  company.removeRow(Number(third))
  const added = company.addRow({ sku: 'NEW', active: false })
  company.restock(added.stockItemId, 1)
  expect(() => company.sell(Number(third), 1)).toThrow(RefusedChange)
  appendFileSync(join(folder.path, 'centra.jsonl'), '{"change":"remo')

  start('centra.jsonl').setActive(Number(first), false, AT + 9)

  const again = start('centra.jsonl')
  expect(again.row(Number(first))).toEqual({
    ...company.row(Number(first)),
    active: false,
    modified: AT + 9,
  })
  const others = (all: Company) => [...all.rows()].filter((row) => row.stockItemId !== first)
  expect(others(again)).toEqual(others(company))
  expect(again.addRow({ sku: 'X' }).stockItemId).toBeGreaterThan(added.stockItemId)
})
