import fc from 'fast-check'
import type { Catalog, KitComponent, SkuDetails } from '../clients/catalog'
import type { Logistics } from '../clients/logistics'
import { codeOf, UpstreamError } from '../common/upstreamError'
import { parseSettings } from '../settings/settings'
import { ownStock } from './ownStock'
import { uncachedSkuDetails } from './skuDetails'

const settings = parseSettings({
  sftpHost: 'drop',
  sftpUser: 'vtex',
  sftpPassword: 'secret',
  excludedWarehouses: 'Outlet, damaged',
})

const sku = { skuId: 7, isActive: true, isKit: false, ean: undefined, refId: 'R7' }

const balance = (warehouseId: string, totalQuantity: number) => ({
  warehouseId,
  totalQuantity,
  reservedQuantity: 0,
  hasUnlimitedQuantity: false,
})

type Reads = Pick<Catalog, 'skuIds' | 'skuDetails'> & Pick<Logistics, 'warehouses' | 'balances'>

const reads = (more: Partial<Reads> = {}): Reads => ({
  skuIds: async () => [],
  skuDetails: async () => sku,
  warehouses: async () => [{ id: 'main', isActive: true }],
  balances: async () => [balance('main', 12)],
  ...more,
})

const admission = async () => undefined
const clientsOf = (all: Reads) => ({
  catalog: { ...all, admission },
  logistics: { ...all, admission },
})

async function read(more: Partial<Reads>, kept?: SkuDetails) {
  const all = reads(more)
  const contexts = { ...uncachedSkuDetails(all.skuDetails), kept: () => kept }
  const source = ownStock(
    clientsOf(all),
    settings,
    async () => contexts,
    () => 1_000
  )
  const reader = await source.open({ ids: [7] })
  return reader.read(7)
}

async function quantity(more: Partial<Reads>) {
  const reading = await read(more)
  return reading.offers[0]?.quantity
}

const throws = (errorKind: UpstreamError['kind']) => async () => {
  throw new UpstreamError('VTEX logistics', errorKind, 'status ...')
}

describe('ownStock', () => {
  it('offers the SKU for seller 1, observed before the reading', async () => {
    expect(await read({})).toEqual({
      offers: [
        { skuId: 7, sellerId: '1', quantity: 12, observedAt: 1_000, refId: 'R7', ean: undefined },
      ],
      failures: [],
    })
  })

  it('adds up only warehouses that are listed, active and not excluded', async () => {
    const warehouse = fc.record({
      id: fc.constantFrom('main', 'store', 'MAIN', 'outlet', 'DAMAGED', 'x'),
      isActive: fc.boolean(),
    })
    const ids = ['main', 'store', 'MAIN', 'outlet', 'DAMAGED', 'x', 'deleted']
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(warehouse, { selector: ({ id }) => id, minLength: 1 }),
        async (warehouses) => {
          const counting = warehouses.filter(
            ({ id, isActive }) => isActive && !['outlet', 'damaged'].includes(id.toLowerCase())
          )
          const balances = ids.map((id, index) => balance(id, 10 ** index))
          const expected = balances
            .filter(({ warehouseId }) => counting.some(({ id }) => id === warehouseId))
            .reduce((sum, { totalQuantity }) => sum + totalQuantity, 0)
          expect(
            await quantity({ warehouses: async () => warehouses, balances: async () => balances })
          ).toBe(expected)
        }
      )
    )
  })

  it('offers 0 for an inactive SKU', async () => {
    expect(await quantity({ skuDetails: async () => ({ ...sku, isActive: false }) })).toBe(0)
  })

  it('requests no details that are cached, and no stock of a SKU cached as inactive', async () => {
    const skuDetails = throws('missing')
    expect(await read({ skuDetails: skuDetails }, sku)).toMatchObject({
      offers: [{ quantity: 12, refId: 'R7' }],
    })
    expect(
      await read(
        { skuDetails: skuDetails, balances: throws('missing') },
        { ...sku, isActive: false }
      )
    ).toMatchObject({ offers: [{ quantity: 0 }] })
  })

  it.each(['refused', 'down', 'overloaded', 'malformed', 'missing'] as const)(
    'fails the SKU and offers nothing if a response is %s',
    async (errorKind) => {
      const failure = {
        skuId: 7,
        sellerId: '1',
        code: codeOf(errorKind),
        message: 'VTEX logistics: status ...',
      }
      const unreadable = { offers: [], failures: [failure] }
      expect(await read({ balances: throws(errorKind) })).toEqual(unreadable)
      expect(await read({ skuDetails: throws(errorKind) })).toEqual(unreadable)
    }
  )

  describe.each([
    ['asked for', (kit: SkuDetails) => read({ ...stocks, skuDetails: async () => kit })],
    ['kept', (kit: SkuDetails) => read({ ...stocks, skuDetails: throws('missing') }, kit)],
  ])('of a kit whose details are %s', (_, readKit) => {
    const kit = { ...sku, isKit: true }
    const part = (skuId: number, quantity = 1, isActive = true) => ({ skuId, quantity, isActive })
    const made = async (...components: KitComponent[]) => readKit({ ...kit, components })
    const quantityOf = async (...components: KitComponent[]) =>
      (await made(...components)).offers[0]?.quantity

    it('offers what its components make up, whatever stock it has itself', async () => {
      expect(await quantityOf(part(11, 2))).toBe(10)
      expect(await quantityOf(part(11, 2), part(12, 3))).toBe(6)
      expect(await quantityOf(part(13))).toBe(0)
    })

    it('offers its own stock if it has no components', async () => {
      expect(await quantityOf()).toBe(12)
    })

    it('offers 0 while a component or the kit is inactive', async () => {
      expect(await quantityOf(part(11), part(12, 1, false))).toBe(0)
      const { offers } = await readKit({ ...kit, isActive: false })
      expect(offers).toMatchObject([{ quantity: 0 }])
    })

    it("fails the kit if a component's stock cannot be read, and does not call it missing", async () => {
      expect(await made(part(11), part(14))).toEqual({
        offers: [],
        failures: [
          {
            ...{ skuId: 7, sellerId: '1', code: 'upstream_malformed' },
            message: 'VTEX logistics: component 14 of this kit: status ...',
          },
        ],
      })
    })
  })

  const lying: Record<number, number> = { 7: 12, 11: 21, 12: 20, 13: 0 }
  const stocks: Partial<Reads> = {
    balances: async (skuId) => {
      const found = lying[skuId]
      return found === undefined ? throws('missing')() : [balance('main', found)]
    },
  }

  it('fails a kit without components and balances, and offers 0 for any other SKU', async () => {
    const none = { balances: async () => [] }
    const bare = { ...sku, isKit: true, components: [] }
    expect(await read({ ...none, skuDetails: async () => bare })).toMatchObject({
      offers: [],
      failures: [{ code: 'upstream_malformed' }],
    })
    expect(await quantity(none)).toBe(0)
  })

  it('requests the details of a kit whose components are not cached', async () => {
    const components = [{ skuId: 11, quantity: 1, isActive: true }]
    const skuDetails = async () => ({ ...sku, isKit: true, components })
    for (const kept of [
      { ...sku, isKit: true },
      { ...sku, isKit: undefined },
    ]) {
      expect(await read({ ...stocks, skuDetails: skuDetails }, kept)).toMatchObject({
        offers: [{ quantity: 21 }],
      })
    }
  })

  describe('with an implausible list of warehouses', () => {
    const closed = async (more: Partial<Reads>) => {
      const all = reads(more)
      const contextsOf = async () => uncachedSkuDetails(all.skuDetails)
      const reader = await ownStock(clientsOf(all), settings, contextsOf, () => 0).open({
        ids: [7, 8],
      })
      for (const skuId of [7, 8]) await reader.read(skuId)
      await reader.close()
    }
    const elsewhere = async () => [balance('gone', 12)]

    it('rejects if the list is empty or no balance of the batch names any of it', async () => {
      await expect(closed({ warehouses: async () => [] })).rejects.toThrow('warehouses is empty')
      await expect(closed({ balances: elsewhere })).rejects.toMatchObject({
        code: 'upstream_malformed',
        message: expect.stringContaining('none of the 1 listed warehouses'),
      })
    })

    it('reads on if one balance names a listed warehouse, or none names any', async () => {
      await closed({ balances: async (id) => (id === 8 ? [balance('main', 0)] : elsewhere()) })
      await closed({ balances: async () => [] })
    })

    it('reads on if all warehouses are inactive or excluded', async () => {
      await closed({ warehouses: async () => [{ id: 'main', isActive: false }] })
      await closed({
        warehouses: async () => [{ id: 'outlet', isActive: true }],
        balances: async () => [balance('outlet', 3)],
      })
    })
  })

  it("rejects while VTEX's circuit is open, and if warehouses cannot be read", async () => {
    await expect(read({ balances: throws('circuitOpen') })).rejects.toThrow(UpstreamError)
    await expect(read({ warehouses: throws('refused') })).rejects.toThrow(UpstreamError)
    await expect(read({ warehouses: throws('down') })).rejects.toThrow(UpstreamError)
  })

  it('lists SKUs up to the first empty page, past short ones', async () => {
    const pages: Record<number, number[]> = { 1: [3, 1], 2: [2], 12: [9] }
    for (let page = 3; page <= 10; page++) pages[page] = [page * 10]
    const skuIds = async (page: number) => pages[page] ?? []
    const batches: number[] = []
    const all = reads({ skuIds })
    const source = ownStock(
      clientsOf(all),
      settings,
      async () => uncachedSkuDetails(all.skuDetails),
      () => 0
    )
    for await (const { ids } of source.skuIds()) {
      batches.push(...ids)
    }
    expect(batches).toEqual([3, 1, 2, 30, 40, 50, 60, 70, 80, 90, 100])
  })
})
