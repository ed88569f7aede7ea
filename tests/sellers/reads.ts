import type { Catalog, SkuDetails } from '../../node/clients/catalog'
import type { Offers, SkuBindings } from '../../node/clients/sellers'
import { UpstreamError } from '../../node/common/upstreamError'
import { marketplace, type SellersReads } from '../../node/sources/marketplace'
import type { SkuDetailsReader } from '../../node/sources/skuDetails'

export const SELLERS = [
  { id: '2', name: 'Kronan', isActive: true },
  { id: 'acme', name: null, isActive: true },
  { id: 'closed', name: 'Closed', isActive: false },
]

export const bound = (sellerId: string, isActive = true) => ({
  sellerId,
  sellerSkuId: `${sellerId}-7`,
  isActive,
})

export const context = (more: Partial<SkuDetails> = {}): SkuDetails => ({
  ...{ skuId: 7, isActive: true, refId: 'R7', ean: undefined, productId: 70 },
  sellers: [bound('1'), bound('2'), bound('acme')],
  ...more,
})

export const offers = (quantities: Record<string, number | undefined>) =>
  new Map(
    Object.entries(quantities).map(([id, quantity]) => [id, [{ salesChannel: '1', quantity }]])
  )

type Reads = Pick<SellersReads, 'sellers'> &
  Pick<SkuBindings, 'skuIds'> &
  Pick<Catalog, 'skuDetails'> & { offers: Offers['ofSku']; ofProduct: Offers['ofProduct'] }

export const reads = (more: Partial<Reads> = {}): Reads => ({
  sellers: async () => new Map(SELLERS.map((seller) => [seller.id, seller])),
  skuIds: async () => [],
  skuDetails: async () => context(),
  offers: async () => offers({ 1: 100, 2: 5, acme: 6 }),
  ofProduct: async () => new Map(),
  ...more,
})

export const settings: Parameters<typeof marketplace>[1] = {
  maxConcurrency: 3,
  salesChannel: undefined,
  safetyStock: 0,
}
export const ALL = { inactiveToo: false }

const admission = async () => undefined

type Kept = SkuDetails | ((skuId: number) => SkuDetails)

export function sourceOf(all: Reads, kept?: Kept, listing = ALL, rules = settings) {
  const contexts: SkuDetailsReader = {
    kept: (skuId) => (typeof kept === 'function' ? kept(skuId) : kept),
    read: all.skuDetails,
    keep: async () => undefined,
  }
  const clients = {
    ...{ catalog: { admission }, skuBindings: { skuIds: all.skuIds, admission } },
    offers: { ofSku: all.offers, ofProduct: all.ofProduct, admission },
  }
  return marketplace(
    { sellers: all.sellers, ...clients },
    rules,
    listing,
    async () => contexts,
    () => 1_000
  )
}

export async function read(more: Partial<Reads> = {}, kept?: SkuDetails) {
  const reader = await sourceOf(reads(more), kept).open({ ids: [7] })
  return reader.read(7)
}

/** Quantities by seller. */
export async function quantities(more: Partial<Reads> = {}, kept?: SkuDetails) {
  const reading = await read(more, kept)
  expect(reading.failures).toEqual([])
  return Object.fromEntries(reading.offers.map(({ sellerId, quantity }) => [sellerId, quantity]))
}

export const throws = (errorKind: UpstreamError['kind']) => async () => {
  throw new UpstreamError('VTEX offers', errorKind, 'status ...')
}

export const counted = <A extends unknown[], T>(act: (...given: A) => Promise<T>) => {
  const calls: A[] = []
  const counting = async (...given: A) => {
    calls.push(given)
    return act(...given)
  }
  return Object.assign(counting, { calls })
}
