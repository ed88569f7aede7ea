import type { Catalog } from '../clients/catalog'
import { SELLERS_A_PAGE, type SellerPage, type Sellers } from '../clients/sellers'
import { isOfKind, UpstreamError, unlessMissing } from '../common/upstreamError'
import { keyOfIds, NO_PAGES, nextPage } from './paginate'
import { type DirectReads, MANY_IN_A_ROW } from './source'

/** Checks that the app may read SKUs. @throws {UpstreamError} `refused` if the catalog rejects all of its requests */
export async function checkAccess(catalog: Catalog): Promise<void> {
  let refusal: UpstreamError | undefined
  for (const skuId of (await catalog.skuIds(1)).slice(0, MANY_IN_A_ROW)) {
    try {
      await unlessMissing(catalog.skuDetails(skuId))
      return
    } catch (thrown) {
      if (!isOfKind(thrown, 'refused')) throw thrown
      refusal = thrown
    }
  }
  if (refusal) throw refusal
}

export const directReads = (catalog: Catalog, register: SellerRegister): DirectReads => ({
  skuDetails: (skuId) => catalog.skuDetails(skuId),
  skuIdOf: async (identifier, value) => {
    if (identifier === 'ean') return (await catalog.skuByEan(value))?.skuId
    if (identifier === 'refId') return (await catalog.skuIdsByRefIds([value])).get(value)
    const skuId = /^[1-9]\d*$/.test(value) ? Number(value) : Number.NaN
    if (!Number.isSafeInteger(skuId)) return undefined
    return (await unlessMissing(catalog.skuDetails(skuId))) ? skuId : undefined
  },
  sellers: () => sellersById(register),
})

type SellerRegister = Pick<Sellers, 'page'>

export type RegisteredSeller = SellerPage['items'][number]

/** The registered sellers. */
export async function sellersById(register: SellerRegister) {
  const found = new Map<string, RegisteredSeller>()
  for await (const seller of registeredSellers((from) => register.page(from))) {
    found.set(seller.id, seller)
  }
  return found
}

/** No marketplace has 200 pages of sellers. */
const REGISTER = { upstream: 'VTEX seller register', what: 'sellers', mostPages: 200 }

/**
 * Yields the sellers of VTEX's register.
 * @throws {UpstreamError} `malformed` also if pages repeat, do not end, or hold fewer sellers than their total
 */
export async function* registeredSellers(
  page: (from: number) => Promise<SellerPage>
): AsyncGenerator<RegisteredSeller, void, undefined> {
  let trail = NO_PAGES
  for (let from = 0; ; from += SELLERS_A_PAGE) {
    const { items, paging } = await page(from)
    if (items.length === 0 && from < paging.total) {
      const detail = `expected ${paging.total} sellers, its total; there are none from ${from} on`
      throw new UpstreamError(REGISTER.upstream, 'malformed', detail)
    }
    if (items.length > 0) trail = nextPage(REGISTER, trail, [keyOfIds(items.map(({ id }) => id))])
    yield* items
    if (items.length === 0 || from + SELLERS_A_PAGE >= paging.total) return
  }
}
