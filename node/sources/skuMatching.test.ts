import { lettered, letteredSku, row } from '../../tests/matching/world'

const shop = () => lettered('ABCD')

describe('skuMatching', () => {
  it('prefers the EAN match over the reference match', async () => {
    const world = shop()
    const found = await world.match([row(1, { ean: 'E1', sku: 'B' }), row(2, { ean: ' E3 ' })])
    expect([...found]).toEqual([
      [1, letteredSku(1)],
      [2, letteredSku(3)],
    ])
    expect(world.asked).toEqual(['ean E1', 'ean E3'])
  })

  it('matches by product, variant and size SKU joined as the reference if no EAN matches', async () => {
    const world = shop()
    world.change(4, { refId: 'P-V-S' })
    const parts = { sku: 'P', variantSku: '-V', sizeSku: '-S' }
    const found = await world.match([row(1, { ean: 'E9', ...parts }), row(2, { sku: 'B' })])
    expect([...found]).toEqual([
      [1, letteredSku(4, { refId: 'P-V-S' })],
      [2, letteredSku(2)],
    ])
    expect([...world.asked.slice(2)].sort()).toEqual(['sku 2', 'sku 4'])
    expect(world.asked.slice(0, 2)).toEqual(['ean E9', 'refs B,P-V-S'])
  })

  it.each([
    [{ ean: 'E9', sku: 'X' }, 'VTEX knows neither EAN E9 nor reference X'],
    [{ ean: 'E9' }, 'VTEX does not know EAN E9, and the row has no SKU'],
    [{ sku: 'X', sizeSku: '-1' }, 'VTEX does not know reference X-1, and the row has no EAN'],
    [{ ean: ' ', sku: ' ' }, 'the row has neither an EAN nor a SKU'],
    [{ sku: 'a\n\u202eb\ud800' }, 'VTEX does not know reference a b, and the row has no EAN'],
    [
      { sku: 'x'.repeat(999) },
      `VTEX does not know reference ${'x'.repeat(59)}\u2026, and the row has no EAN`,
    ],
  ])(
    'reports a row that VTEX does not know as unmatched, with a reason (%#)',
    async (more, message) => {
      const found = await shop().match([row(1, more)])
      expect(found.get(1)).toEqual({ unmatched: 'unmatched', message })
    }
  )

  it('looks up each EAN, reference and SKU once for all rows', async () => {
    const world = shop()
    await world.match([
      row(1, { ean: 'E9', sku: 'A' }),
      row(2, { ean: 'E9', sku: 'A' }),
      row(3, { sku: 'A' }),
    ])
    expect(world.asked).toEqual(['ean E9', 'refs A', 'sku 1'])
  })

  it('does not look up an EAN or reference that is too long for VTEX', async () => {
    const world = shop()
    await world.match([
      row(1, { ean: '1'.repeat(256), sku: 'x'.repeat(200), sizeSku: 'x'.repeat(56) }),
    ])
    expect(world.asked).toEqual([])
  })

  it('looks up 100 references with one request', async () => {
    const world = shop()
    const rows = Array.from({ length: 250 }, (_, id) => row(id + 1, { sku: `X${id}` }))
    await world.match(rows)
    expect(world.asked.map((ask) => ask.split(',').length)).toEqual([100, 100, 50])
  })

  it('matches the last state of a row that is in a batch twice', async () => {
    const found = await shop().match([row(1, { ean: 'E1' }), row(1, { ean: 'E2' })])
    expect([...found]).toEqual([[1, letteredSku(2)]])
  })

  it('returns no match and makes no request for no rows', async () => {
    const world = shop()
    expect([...(await world.match([]))]).toEqual([])
    expect(world.seen).toEqual({ saves: 0, reads: 0 })
  })
})
