import fc from 'fast-check'
import type { SkuContext } from '../clients/catalog'
import { UpstreamError } from '../clients/upstreamError'
import { parseSettings } from '../settings/settings'
import { freshContexts } from './contexts'
import { type OwnStockReads, ownStock } from './ownStock'

const settings = parseSettings({
  sftpHost: 'drop',
  sftpUser: 'vtex',
  sftpPassword: 'secret',
  excludedWarehouses: 'Outlet, damaged',
})

const sku = { skuId: 7, isActive: true, ean: undefined, refId: 'R7' }

const balance = (warehouseId: string, totalQuantity: number) => ({
  warehouseId,
  totalQuantity,
  reservedQuantity: 0,
  hasUnlimitedQuantity: false,
})

const reads = (more: Partial<OwnStockReads> = {}): OwnStockReads => ({
  skuIds: async () => [],
  skuContext: async () => sku,
  warehouses: async () => [{ id: 'main', isActive: true }],
  balances: async () => [balance('main', 12)],
  ...more,
})

async function read(more: Partial<OwnStockReads>, kept?: SkuContext) {
  const all = reads(more)
  const contexts = { ...freshContexts(all.skuContext), kept: () => kept }
  const source = ownStock(
    all,
    settings,
    async () => contexts,
    () => 1_000
  )
  const reader = await source.open({ ids: [7] })
  return reader.read(7)
}

async function quantity(more: Partial<OwnStockReads>) {
  const reading = await read(more)
  return reading.offers[0]?.quantity
}

const throws = (trouble: UpstreamError['trouble']) => async () => {
  throw new UpstreamError('VTEX logistics', trouble, 'status ...')
}

describe("the account's own stock", () => {
  it('is an offer of seller 1, as old as the moment before its reading', async () => {
    expect(await read({})).toEqual({
      offers: [
        { skuId: 7, sellerId: '1', quantity: 12, observedAt: 1_000, refId: 'R7', ean: undefined },
      ],
      failures: [],
    })
  })

  it('lies in listed, active warehouses that no setting excludes, and nowhere else', async () => {
    const warehouse = fc.record({
      id: fc.constantFrom('main', 'store', 'MAIN', 'outlet', 'DAMAGED', 'x'),
      isActive: fc.boolean(),
    })
    const ids = ['main', 'store', 'MAIN', 'outlet', 'DAMAGED', 'x', 'deleted']
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(warehouse, { selector: ({ id }) => id }),
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

  it('is 0 for an inactive SKU', async () => {
    expect(await quantity({ skuContext: async () => ({ ...sku, isActive: false }) })).toBe(0)
  })

  it('asks for no context that is kept, and for no stock of a SKU that it says is inactive', async () => {
    const skuContext = throws('missing')
    expect(await read({ skuContext }, sku)).toMatchObject({
      offers: [{ quantity: 12, refId: 'R7' }],
    })
    expect(
      await read({ skuContext, balances: throws('missing') }, { ...sku, isActive: false })
    ).toMatchObject({ offers: [{ quantity: 0 }] })
  })

  it.each(['refused', 'down', 'overloaded', 'malformed', 'missing'] as const)(
    'is a failure and no offer where the reading is %s',
    async (trouble) => {
      const failure = {
        skuId: 7,
        sellerId: '1',
        code: `upstream_${trouble}`,
        message: 'VTEX logistics: status ...',
      }
      const unreadable = { offers: [], failures: [failure] }
      expect(await read({ balances: throws(trouble) })).toEqual(unreadable)
      expect(await read({ skuContext: throws(trouble) })).toEqual(unreadable)
    }
  )

  it('stops the reading where VTEX is left alone, and where warehouses cannot be read', async () => {
    await expect(read({ balances: throws('parked') })).rejects.toThrow(UpstreamError)
    await expect(read({ warehouses: throws('refused') })).rejects.toThrow(UpstreamError)
    await expect(read({ warehouses: throws('down') })).rejects.toThrow(UpstreamError)
  })

  it('ends its list of SKUs at the first empty page, not at a short one', async () => {
    const pages: Record<number, number[]> = { 1: [3, 1], 2: [2], 12: [9] }
    for (let page = 3; page <= 10; page++) pages[page] = [page * 10]
    const skuIds = async (page: number) => pages[page] ?? []
    const batches: number[] = []
    const all = reads({ skuIds })
    const source = ownStock(
      all,
      settings,
      async () => freshContexts(all.skuContext),
      () => 0
    )
    for await (const batch of source.skuIds()) {
      batches.push(...batch)
    }
    expect(batches).toEqual([3, 1, 2, 30, 40, 50, 60, 70, 80, 90, 100])
  })
})
