import { groupBy } from 'ramda'
import { z } from 'zod'
import { lowercaseKeys } from '../common/lowercaseKeys'
import type { Policy } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './baseClients'

const sellerPage = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string().nullish(), isActive: z.boolean() })),
  paging: z.object({ total: z.number().int().nonnegative() }),
})

export type SellerPage = z.infer<typeof sellerPage>

/** VTEX seller register: maximum sellers of a page. */
export const SELLERS_A_PAGE = 100

/** Policies for the seller register and the offers of sellers, and for {@link SkuBindings}. */
export const TO_READ_SELLERS: readonly Policy[] = ['view-seller']
export const TO_READ_BINDINGS: readonly Policy[] = ['ViewProduct']

/** VTEX's seller register of a marketplace account. */
export class Sellers extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'sellers')
  protected override readonly needs = TO_READ_SELLERS

  page(from: number): Promise<SellerPage> {
    return this.read('/api/seller-register/pvt/sellers', sellerPage, {
      params: { from, to: from + SELLERS_A_PAGE },
    })
  }
}

const bindings = z.array(z.object({ StockKeepingUnitId: z.number().int().positive() }))

/** VTEX SKU bindings: maximum rows of a page. */
const BINDINGS_A_PAGE = 100

/** VTEX's bindings of SKUs to the sellers of a marketplace. */
export class SkuBindings extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'bindings')
  protected override readonly needs = TO_READ_BINDINGS

  /** A page (from 1) of ids of the SKUs that are bound to a seller, active or not; empty past the end. */
  async skuIds(sellerId: string, page: number): Promise<number[]> {
    const path = `/api/sku-binding/pvt/skuseller/paged/sellerid/${encodeURIComponent(sellerId)}`
    const params = { page, size: BINDINGS_A_PAGE }
    const rows = await this.read(path, bindings, { params })
    return rows.map(({ StockKeepingUnitId }) => StockKeepingUnitId)
  }
}

/** Some accounts get PascalCase and other names. */
const anyCase = <T extends z.ZodRawShape>(shape: T) => z.preprocess(lowercaseKeys, z.object(shape))

/** A list, or its only entry. */
const oneOrMany = <T extends z.ZodTypeAny>(entry: T) =>
  z.preprocess(
    (value) => (value !== null && typeof value === 'object' ? [value].flat() : value),
    z.array(entry)
  )

const id = z.union([z.string().min(1), z.number().int()]).transform(String)
const optionalId = id.optional().catch(undefined)

const channel = anyCase({
  saleschannelid: optionalId,
  saleschannel: optionalId,
  salechannel: optionalId,
  availablequantity: z.number().optional().catch(undefined),
})
  .transform(({ saleschannelid, saleschannel, salechannel, availablequantity }) => ({
    salesChannel: saleschannelid ?? saleschannel ?? salechannel,
    quantity: availablequantity,
  }))
  .catch({ salesChannel: undefined, quantity: undefined })

/** What a seller offers of a SKU in a sales channel. Missing fields are absent, never 0. */
export type ChannelOffer = z.infer<typeof channel>

const channels = oneOrMany(channel).optional().catch(undefined)

// An offer without a seller id is malformed: it could belong to any seller.
const sellerOffer = anyCase({
  sellerid: id,
  saleschanneloffer: channels,
  offerspersaleschannel: channels,
}).transform(({ sellerid, saleschanneloffer, offerspersaleschannel }) => ({
  sellerId: sellerid,
  channels: saleschanneloffer ?? offerspersaleschannel ?? NO_CHANNELS,
}))

const NO_CHANNELS: ChannelOffer[] = [{ salesChannel: undefined, quantity: undefined }]

const skuOffers = anyCase({ skuid: id, sellersoffers: oneOrMany(sellerOffer) })

const answers = oneOrMany(skuOffers)

/** The offers of a SKU in each sales channel, by seller. Other sellers offer nothing. */
export type SkuOffers = ReadonlyMap<string, readonly ChannelOffer[]>

/** VTEX's offer manager: the offers of a marketplace's sellers. */
export class Offers extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'offers')
  protected override readonly needs = TO_READ_SELLERS

  /** All offers of a SKU. A response without this SKU is an error, not a SKU without offers. */
  async ofSku(productId: number, skuId: number): Promise<SkuOffers> {
    const path = `/api/offer-manager/pvt/product/${productId}/sku/${skuId}`
    const ownIn = (all: z.infer<typeof answers>) =>
      all.filter(({ skuid }) => skuid === String(skuId))
    const mismatch = (all: z.infer<typeof answers>) =>
      ownIn(all).length > 0 ? undefined : `nothing of SKU ${skuId}`
    return offersIn(ownIn(await this.read(path, answers, { mismatch })))
  }

  /** The offers of a product's SKUs, by SKU, each in one sales channel. */
  async ofProduct(productId: number): Promise<ReadonlyMap<number, SkuOffers>> {
    const path = `/api/offer-manager/pvt/product/${productId}`
    const answer = await this.read(path, answers)
    const bySku = Object.entries(groupBy(({ skuid }) => skuid, answer))
    return new Map(bySku.map(([skuId, own = []]) => [Number(skuId), offersIn(own)]))
  }
}

function offersIn(answer: ReadonlyArray<z.infer<typeof skuOffers>>): SkuOffers {
  const offers = new Map<string, readonly ChannelOffer[]>()
  for (const { sellerId, channels } of answer.flatMap(({ sellersoffers }) => sellersoffers)) {
    offers.set(sellerId, [...(offers.get(sellerId) ?? []), ...channels])
  }
  return offers
}
