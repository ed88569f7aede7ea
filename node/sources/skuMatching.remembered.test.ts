import { DAY, failing, HOUR, lettered, letteredSku, MINUTE, row } from '../../tests/matching/world'

const shop = () => lettered('ABCD')

describe('cachedMatch', () => {
  const byEan = row(1, { ean: 'E1' })
  const byReference = row(2, { sku: 'B' })
  const both = row(3, { ean: 'E9', sku: 'C' })
  const none = row(4, { ean: 'E8', sku: 'X' })
  const all = [byEan, byReference, both, none]

  it('returns a match, and that there is none, without a request', async () => {
    const world = shop()
    const found = await world.match(all)
    expect(world.asked.length).toBe(6)
    world.seen.saves = 0
    expect(await world.match(all.map((one) => ({ ...one })))).toEqual(found)
    expect(world.asked).toEqual([])
    expect(world.seen.saves).toBe(0)
  })

  it('stays valid while EAN and full SKU are the same, however the SKU is split', async () => {
    const world = shop()
    world.change(4, { refId: 'BX' })
    world.wait(HOUR)
    await world.match([row(1, { ean: 'E1', sku: 'BX' })])
    await world.match([row(1, { ean: 'E1', sku: 'B', sizeSku: 'X' })])
    expect(world.asked).toEqual([])
    expect((await world.match([row(1, { ean: 'E2', sku: 'BX' })])).get(1)).toEqual(letteredSku(2))
    await world.match([row(1, { ean: 'E2', sku: 'BY' })])
    expect(world.asked).toEqual(['ean E2'])
    await world.match([row(1, { sku: 'BX' })])
    expect(world.asked).toEqual(['refs BX', 'sku 4'])
  })

  it('reads a modified SKU again with one request until the index lag is over', async () => {
    const world = shop()
    await world.match([byEan, byReference])
    world.wait(HOUR)
    world.lags.sku = 10 * MINUTE
    world.change(1, { isActive: false })
    world.wait(MINUTE)
    expect((await world.match([byEan, byReference])).get(1)).toEqual(letteredSku(1))
    expect(world.asked).toEqual(['sku 1'])
    world.wait(14 * MINUTE)
    const found = await world.match([byEan, byReference])
    expect(found.get(1)).toEqual(letteredSku(1, { isActive: false }))
    expect(world.asked).toEqual(['sku 1'])
    await world.match([byEan, byReference])
    expect(world.asked).toEqual([])
  })

  it('looks a row up again if its SKU lost the EAN or reference', async () => {
    const world = shop()
    await world.match([byEan, byReference])
    world.change(3, { ean: 'E1' })
    world.change(4, { refId: 'B' })
    world.wait(HOUR)
    const found = await world.match([byEan, byReference])
    expect([...found.values()]).toEqual([
      letteredSku(3, { ean: 'E1' }),
      letteredSku(4, { refId: 'B' }),
    ])
    expect([...world.asked].sort()).toEqual(['ean E1', 'refs B', 'sku 1', 'sku 2', 'sku 4'])
  })

  it('checks the EAN of a reference match again after any SKU was modified', async () => {
    const world = shop()
    await world.match([both])
    world.change(1, { isActive: false })
    world.wait(HOUR)
    expect((await world.match([both])).get(3)).toEqual(letteredSku(3))
    expect(world.asked).toEqual(['ean E9'])
    world.change(2, { ean: 'E9' })
    world.wait(HOUR)
    expect((await world.match([both])).get(3)).toEqual(letteredSku(2, { ean: 'E9' }))
    expect(world.asked).toEqual(['ean E9'])
  })

  it('looks an unmatched row up again after any SKU was modified, until the index lag is over', async () => {
    const world = shop()
    await world.match([none])
    world.lags.ean = 10 * MINUTE
    world.change(2, { ean: 'E8' })
    world.wait(MINUTE)
    expect((await world.match([none])).get(4)).toMatchObject({ unmatched: 'unmatched' })
    world.wait(14 * MINUTE)
    expect((await world.match([none])).get(4)).toEqual(letteredSku(2, { ean: 'E8' }))
  })

  it('refreshes a seventh of the matches in each daily export, and none twice a day', async () => {
    const world = shop()
    for (let id = 100; id < 135; id++) world.change(id, { ean: `E${id}` })
    world.wait(DAY)
    const rows = Array.from({ length: 35 }, (_, id) => [
      row(id + 1, { ean: `E${id + 100}` }),
      row(id + 1_001, { sku: `X${id}` }),
    ]).flat()
    await world.match(rows)
    const seen: string[] = []
    for (let day = 1; day <= 7; day++) {
      world.wait(DAY)
      await world.match(rows)
      const asked = world.asked.flatMap((ask) => ask.replace(/^\w+ /, '').split(','))
      expect(asked.length).toBe(10)
      seen.push(...asked)
    }
    expect(new Set(seen).size).toBe(70)
    for (let time = 0; time < 6; time++) await world.match(rows)
    await world.match(rows)
    expect(world.asked).toEqual([])
  })

  it('expires after eight days, also without any notification', async () => {
    const world = shop()
    const many = Array.from({ length: 20 }, (_, id) => row(id + 10, { sku: `Y${id}` }))
    const rows = [byEan, both, none, ...many]
    await world.match(rows)
    world.changeUnheard(2, { ean: 'E1' })
    world.changeUnheard(3, { refId: 'Z' })
    world.changeUnheard(4, { refId: 'X' })
    world.wait(8 * DAY)
    const found = await world.match(rows)
    expect(found.get(1)).toMatchObject({ skuId: 2 })
    expect(found.get(3)).toMatchObject({ unmatched: 'unmatched' })
    expect(found.get(4)).toMatchObject({ skuId: 4 })
  })

  it.each([
    [both, 'refs C', { ean: 'E9' }],
    [none, 'refs X', { refId: 'X' }],
    [none, 'ean E8', { ean: 'E8' }],
    [byEan, 'ean E1', { ean: 'E1' }],
    [byReference, 'refs B', { refId: 'B' }],
    [row(5, { sku: 'D' }), 'sku 4', { isActive: false }],
  ])(
    'dates a match to the moment before the requests that it depends on (%#)',
    async (one, when, change) => {
      const world = shop()
      world.fault = (ask) => {
        if (ask !== when) return
        world.change(4, change)
        world.wait(20 * MINUTE)
      }
      // What is answered after the change is as it was before.
      Object.assign(world.lags, { ean: 21 * MINUTE, refs: 21 * MINUTE, sku: 21 * MINUTE })
      expect((await world.match([one])).get(one.stockItemId)).not.toEqual(letteredSku(4, change))
      world.fault = () => undefined
      Object.assign(world.lags, { ean: 0, refs: 0, sku: 0 })
      expect((await world.match([one])).get(one.stockItemId)).toEqual(letteredSku(4, change))
    }
  )

  it('discards a match whose claim could not be saved', async () => {
    const world = shop()
    world.full = 'claims'
    await expect(world.match([byEan])).rejects.toThrow('full')
    world.full = undefined
    await world.match([byEan])
    expect(world.asked).toEqual(['ean E1'])
  })

  it('looks a row up again if VTEX no longer has its SKU', async () => {
    const world = shop()
    await world.match([byEan])
    world.change(1, {})
    world.wait(HOUR)
    world.fault = failing('sku', 'missing', 404)
    expect((await world.match([byEan])).get(1)).toEqual(letteredSku(1))
    expect(world.asked).toEqual(['sku 1', 'ean E1'])
  })
})
