import { DAY, failing, lettered, row } from '../../tests/matching/world'
import { codeOf, UpstreamError } from '../common/upstreamError'

const shop = () => lettered('AB')

const byEan = row(1, { ean: 'E1' })
const byReference = row(2, { sku: 'B' })

const rowsOf = (kind: 'ean' | 'refs' | 'sku', count: number) =>
  Array.from({ length: count }, (_, index) => {
    const of = { ean: { ean: `E${index}` }, refs: { sku: `X${index}` }, sku: { sku: 'B' } }
    return row(index + 1, of[kind])
  })

describe('skuMatching, when a look-up fails,', () => {
  it.each([
    ['ean', 'down'],
    ['ean', 'overloaded'],
    ['ean', 'malformed'],
    ['refs', 'down'],
    ['refs', 'overloaded'],
    ['refs', 'malformed'],
    ['refs', 'missing'],
    ['sku', 'down'],
    ['sku', 'malformed'],
    ['sku', 'missing'],
  ] as const)('fails one row alone (look-up by %s, VTEX %s)', async (kind, errorKind) => {
    const world = shop()
    world.fault = failing(kind, errorKind)
    const found = await world.match([byEan, byReference])
    const failed = { code: codeOf(errorKind), message: 'VTEX catalog: told so' }
    expect(found.get(kind === 'ean' ? 1 : 2)).toEqual({ failed })
    expect(found.get(kind === 'ean' ? 2 : 1)).toMatchObject({ isActive: true })
    world.fault = () => undefined
    expect([...(await world.match([byEan, byReference])).values()]).toMatchObject([
      { skuId: 1 },
      { skuId: 2 },
    ])
  })

  it('keeps where the row led before', async () => {
    const world = shop()
    await world.match([byEan])
    world.change(1, { isActive: false })
    world.wait(DAY)
    world.fault = failing('sku', 'down')
    expect((await world.match([byEan])).get(1)).toMatchObject({ failed: { code: 'upstream_down' } })
    // The other row must not pass for the only one of the SKU meanwhile.
    const other = await world.match([row(7_000, { ean: 'E1' })])
    expect(other.get(7_000)).toMatchObject({ failed: { code: 'upstream_down' } })
  })

  it.each(['ean', 'refs', 'sku'] as const)(
    "rejects and starts no more look-ups by %s while VTEX's circuit is open",
    async (kind) => {
      const world = shop()
      world.fault = failing(kind, 'circuitOpen')
      await expect(world.match(rowsOf(kind, 400))).rejects.toMatchObject({ kind: 'circuitOpen' })
      // As many as were under way.
      expect(world.asked.length).toBeLessThanOrEqual(3)
    }
  )

  it.each(['ean', 'refs'] as const)(
    'rejects after few look-ups by %s if VTEX refuses many in a row',
    async (kind) => {
      const world = shop()
      world.fault = failing(kind, 'refused', 403)
      await expect(world.match(rowsOf(kind, 400))).rejects.toMatchObject({ kind: 'refused' })
      expect(world.asked.length).toBeLessThanOrEqual(20 + 3)
    }
  )

  it.each(['ean', 'refs', 'sku'] as const)(
    'rejects if VTEX refuses all of a few look-ups by %s and a control request too',
    async (kind) => {
      const world = shop()
      const letsIn = (ask: string) => failing(kind, 'refused', 403)(ask)
      const rows = rowsOf(kind, 3)
      world.fault = letsIn
      const found = await world.match(rows)
      expect([...found.values()]).toEqual(
        rows.map(() => ({ failed: { code: 'upstream_refused', message: 'VTEX catalog: told so' } }))
      )
      world.fault = (ask) => {
        letsIn(ask)
        if (ask === 'control') throw new UpstreamError('VTEX catalog', 'refused', 'status 403', 403)
      }
      await expect(world.match(rows)).rejects.toMatchObject({ detail: 'status 403' })
    }
  )

  it('keeps matches found before VTEX refuses many rows in a row', async () => {
    const world = shop()
    world.fault = (ask) => {
      if (!/ean E1$/.test(ask)) failing('ean', 'refused', 403)(ask)
    }
    const found = await world.match([byEan, ...rowsOf('ean', 400).slice(2)])
    expect(found.get(1)).toMatchObject({ skuId: 1 })
    expect([...found.values()].filter((match) => 'failed' in match)).toHaveLength(398)
    expect(world.asked.length).toBeLessThanOrEqual(1 + 20 + 3)
    expect(world.asked).not.toContain('control')
  })

  it.each(['ean', 'refs', 'sku'] as const)(
    'fails one row alone if VTEX refuses its look-up by %s',
    async (kind) => {
      const world = shop()
      const refused = { ean: 'ean E1', refs: 'refs B', sku: 'sku 2' }[kind]
      world.fault = (ask) => {
        // A list of references is refused for one of them.
        if (ask === refused || (kind === 'refs' && /^refs .*\bB\b/.test(ask))) {
          failing(kind, 'refused', 403)(ask)
        }
      }
      const found = await world.match([
        byEan,
        byReference,
        row(3, { sku: 'A' }),
        row(4, { ean: 'E9' }),
      ])
      const failed = { failed: { code: 'upstream_refused', message: 'VTEX catalog: told so' } }
      expect(found.get(kind === 'ean' ? 1 : 2)).toEqual(failed)
      expect([...found.values()].filter((match) => 'failed' in match)).toHaveLength(1)
    }
  )

  it("rejects while VTEX's circuit is open, and keeps matches found before", async () => {
    const world = shop()
    world.fault = (ask) => failing('refs', 'circuitOpen')(ask)
    await expect(world.match([byEan, byReference])).rejects.toThrow(UpstreamError)
    world.fault = () => undefined
    await world.match([byEan])
    expect(world.asked).toEqual([])
  })

  it.each([
    ['refused', 400],
    ['down', 500],
    ['malformed', undefined],
  ] as const)(
    'fails one row alone if VTEX cannot look up its reference (%s) among others',
    async (errorKind, status) => {
      const world = shop()
      const rows = Array.from({ length: 100 }, (_, index) => row(index + 10, { sku: `X${index}` }))
      world.fault = (ask) => {
        if (/\bX42\b/.test(ask)) failing('refs', errorKind, status)(ask)
      }
      const found = await world.match([...rows, byReference])
      expect(found.get(52)).toEqual({
        failed: { code: codeOf(errorKind), message: 'VTEX catalog: told so' },
      })
      expect([...found.values()].filter((match) => 'failed' in match).length).toBe(1)
      expect(found.get(2)).toMatchObject({ skuId: 2 })
      expect(world.asked.length).toBeLessThanOrEqual(1 + 2 * 7 + 2)
    }
  )

  it('fails one row alone if VTEX refuses its EAN', async () => {
    const world = shop()
    world.fault = (ask) => {
      if (ask === 'ean ?') failing('ean', 'refused', 400)(ask)
    }
    const found = await world.match([row(9, { ean: '?' }), byEan])
    expect(found.get(9)).toMatchObject({ failed: { code: 'upstream_refused' } })
    expect(found.get(1)).toMatchObject({ skuId: 1 })
  })

  it('rethrows unexpected errors', async () => {
    const world = shop()
    world.fault = () => {
      throw new TypeError('a fault')
    }
    await expect(world.match([byEan])).rejects.toThrow(TypeError)
  })
})
