import type { Catalog, SkuDetails } from '../clients/catalog'
import type { Offers } from '../clients/offers'
import type { SkuBindings } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import type { SellerQuantityRules } from '../offers/quantity'
import type { Settings } from '../settings/settings'
import { toItemFailure } from './itemFailure'
import { type ListCursor, type ListedPage, type MayBegin, paginate } from './paginate'
import { type Asked, bindingsChanged, boundSellers, readingOf, type Sellers } from './sellerOffers'
import type { SkuDetailsReader } from './skuDetails'
import type { SkuBatch, SkuReading, SkuSource } from './source'

/** Most sellers are small: of their bindings a page is asked for, and more only once that one held some. */
const PAGES_AT_FIRST = 1

/** What the offers of other sellers are read from. */
export interface SellersReads {
  /** The sellers whose offers are exported, active or not, as VTEX's register has them now. */
  sellers(): Promise<Sellers>
  /** Its SKUs are read by the contexts. */
  catalog: Pick<Catalog, 'admission'>
  skuBindings: Pick<SkuBindings, 'skuIds' | 'admission'>
  offers: Pick<Offers, 'ofSku' | 'admission'>
}

/** Which SKUs an export of everything lists. */
export interface Listing {
  /** Those of inactive sellers too, where one was asked for by name: its offers are 0. */
  inactiveToo: boolean
}

/**
 * The offers of the marketplace's other sellers, as the marketplace knows them: the catalog says who is bound to
 * a SKU, the offer manager what each can sell of it.
 * @param contextsOf what is known of the SKUs besides their offers
 * @param now UTC milliseconds
 */
export function marketplace(
  reads: SellersReads,
  settings: Pick<Settings, 'maxConcurrency' | 'salesChannel' | 'safetyStock'>,
  { inactiveToo }: Listing,
  contextsOf: (slice: SkuBatch) => Promise<SkuDetailsReader>,
  now: () => number
): SkuSource {
  async function* skuIds(mayBegin?: MayBegin, from?: ListCursor): AsyncGenerator<ListedPage> {
    // In order of their ids: it goes on where it stopped, though the register has others meanwhile.
    const sellerIds = [...(await reads.sellers()).values()]
      .filter(({ id, isActive }) => (isActive || inactiveToo) && id >= (from?.sellerId ?? ''))
      .map(({ id }) => id)
      .sort()
    for (const [index, sellerId] of sellerIds.entries()) {
      const [following] = sellerIds.slice(index + 1, index + 2)
      const pages = {
        ...{ upstream: 'VTEX SKU bindings', sellerId, what: `SKU ids of seller ${sellerId}` },
        page: (page: number) => reads.skuBindings.skuIds(sellerId, page),
        atFirst: PAGES_AT_FIRST,
      }
      let next: ListCursor | undefined = from?.sellerId === sellerId ? from : { sellerId, page: 1 }
      for await (const page of paginate(pages, mayBegin, next)) {
        next = page.next
        yield { ...page, next: next ?? startOf(following) }
      }
      if (next) return
    }
  }
  return {
    concurrency: settings.maxConcurrency,
    skuIds,
    admission: async () => {
      await reads.catalog.admission()
      await reads.offers.admission()
      await reads.skuBindings.admission()
    },
    open: async (slice) => {
      const [sellers, contexts] = await Promise.all([reads.sellers(), contextsOf(slice)])
      const reader = new Reader(reads, sellers, contexts, settings)
      return { read: (skuId) => reader.read(skuId, now()), close: () => contexts.keep() }
    },
  }
}

const startOf = (sellerId: string | undefined) =>
  sellerId === undefined ? undefined : { sellerId, page: 1 }

/** What was found out of a SKU by a context of it. */
interface Telling {
  reading: SkuReading
  asked: Asked | undefined
  productId: number | undefined
  /** Something is not as the context says. */
  isDoubtful: boolean
}

class Reader {
  constructor(
    private readonly reads: SellersReads,
    private readonly sellers: Sellers,
    private readonly contexts: SkuDetailsReader,
    private readonly rules: SellerQuantityRules
  ) {}

  /** @param observedAt taken before the read: an offer may be fresher than it says, never older */
  async read(skuId: number, observedAt: number): Promise<SkuReading> {
    if (this.sellers.size === 0) return { offers: [], failures: [], unasked: true }
    const kept = this.contexts.kept(skuId)
    const isWhole = kept?.sellers !== undefined && kept.productId !== undefined
    const before = isWhole ? await this.tell(kept, observedAt) : undefined
    if (before && !before.isDoubtful) return before.reading
    try {
      // VTEX tells of no changed binding: what is kept of a SKU may have been overtaken.
      return (await this.tell(await this.contexts.read(skuId), observedAt, before)).reading
    } catch (thrown) {
      return { offers: [], failures: [{ skuId, ...this.onlySeller(), ...toItemFailure(thrown) }] }
    }
  }

  private async tell(context: SkuDetails, observedAt: number, before?: Telling): Promise<Telling> {
    const { productId } = context
    const bound = boundSellers(context, this.sellers)
    const isNeeded = bound.some(({ maySell }) => maySell)
    const known = before?.productId === productId ? before?.asked : undefined
    const asked = isNeeded ? (known ?? (await this.ask(context))) : undefined
    const reading = readingOf(context, bound, asked ?? NOTHING, this.rules, observedAt)
    return {
      reading: { ...reading, ...(!isNeeded && { unasked: true }) },
      isDoubtful:
        bound.length === 0 || (asked !== undefined && bindingsChanged(bound, asked, this.sellers)),
      asked,
      productId,
    }
  }

  private async ask({ skuId, productId }: SkuDetails): Promise<Asked> {
    try {
      if (productId === undefined) {
        throw new UpstreamError(
          'VTEX catalog',
          'malformed',
          `ProductId: expected that of SKU ${skuId}`
        )
      }
      return { offers: await this.reads.offers.ofSku(productId, skuId) }
    } catch (thrown) {
      return { failure: toItemFailure(thrown) }
    }
  }

  /** Whose offer it would have been, where that is certain without the context. */
  private onlySeller() {
    const [sellerId, ...others] = [...this.sellers.keys()]
    return sellerId !== undefined && others.length === 0 ? { sellerId } : {}
  }
}

/** What is known where nobody may sell. */
const NOTHING: Asked = { offers: new Map() }
