import { Catalog } from './catalog'

const pages = (catalog: Catalog, size: number) => {
  const ids: number[] = []
  for (let page = 0; ; page++) {
    const rows = catalog.rows(page * size, (page + 1) * size)
    if (rows.length === 0) return ids
    ids.push(...rows)
  }
}

const ascending = (ids: number[]) => [...ids].sort((a, b) => a - b)

describe('Catalog', () => {
  it.each([1, 2, 17, 1000, 4097])('lists each of %d SKUs once, in pages of any size', (size) => {
    const catalog = new Catalog(size, 1)
    const listed = pages(catalog, 7)
    expect(new Set(listed).size).toBe(size)
    expect(ascending(listed)).toEqual([...catalog.ids()])
    expect(pages(catalog, 1000)).toEqual(listed)
  })

  it('lists ids in no order, the same for the same seed, with gaps', () => {
    const listed = pages(new Catalog(500, 3), 100)
    expect(listed).not.toEqual(ascending(listed))
    expect(pages(new Catalog(500, 3), 100)).toEqual(listed)
    expect(pages(new Catalog(500, 4), 100)).not.toEqual(listed)
    expect(Math.max(...listed)).toBeGreaterThan(1000)
  })

  it('shifts its pages when a SKU is added or removed', () => {
    const catalog = new Catalog(300, 5)
    const before = pages(catalog, 50)
    const gone = [before[3], before[4], before[120], before[299]].map(Number)
    for (const id of gone) catalog.remove(id)
    const left = before.filter((id) => !gone.includes(id))
    expect(pages(catalog, 50)).toEqual(left)

    const added = catalog.add()
    expect(before).not.toContain(added)
    expect(pages(catalog, 50)).toEqual([added, ...left])
    expect([...catalog.ids()]).toEqual(ascending([added, ...left]))

    catalog.remove(added)
    expect(pages(catalog, 50)).toEqual(left)
    expect(catalog.has(added)).toBe(false)
  })

  it('finds one of a million SKUs without a list', () => {
    const catalog = new Catalog(1_000_000, 9)
    const [id = 0] = catalog.rows(999_999, 1_000_005)
    expect(catalog.rows(999_999, 1_000_005)).toEqual([id])
    catalog.remove(id)
    expect(catalog.rows(999_998, 1_000_005)).toHaveLength(1)
    expect(catalog.count).toBe(999_999)
  })
})
