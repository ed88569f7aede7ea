import { splitEvery } from 'ramda'
import { z } from 'zod'
import { type Policy, UpstreamError, unlessMissing } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './baseClients'

const skuIds = z.array(z.number().int().nonnegative())

const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)

const binding = z
  .object({ SellerId: z.string(), SellerStockKeepingUnitId: z.string(), IsActive: z.boolean() })
  .transform(({ SellerId, SellerStockKeepingUnitId, IsActive }) => ({
    sellerId: SellerId,
    sellerSkuId: SellerStockKeepingUnitId,
    isActive: IsActive,
  }))

/** A seller that may sell a SKU, and its id of the SKU. */
export type Binding = z.infer<typeof binding>

/** A SKU that is part of a kit. Its `quantity`: units in one kit. */
const kitComponent = z.object({ skuId: z.number(), quantity: z.number(), isActive: z.boolean() })

export type KitComponent = z.infer<typeof kitComponent>
export type Component = Omit<KitComponent, 'isActive'>

/** What is known of a SKU without its stock. Fields are absent if the response lacks them. */
export const skuFields = z.object({
  /** Both the SKU and its product are active. */
  isActive: z.boolean(),
  ean: z.string().optional(),
  refId: z.string().optional(),
  productId: z.number().optional(),
  /** Its sellers, including the account itself. */
  sellers: z
    .array(z.object({ sellerId: z.string(), sellerSkuId: z.string(), isActive: z.boolean() }))
    .readonly()
    .optional(),
  isKit: z.boolean().optional(),
  /** The components of a kit: empty if it has stock of its own, absent if not requested. */
  components: z.array(kitComponent).readonly().optional(),
})

export type SkuDetails = z.infer<typeof skuFields> & { skuId: number }

const skuDetails = z
  .object({
    Id: z.number().int(),
    IsActive: z.boolean(),
    IsProductActive: z.boolean().optional(),
    AlternateIds: z.object({ Ean: optionalText, RefId: optionalText }).nullish(),
    // Own stock does not need these two, so malformed ones are ignored.
    ProductId: z.number().int().optional().catch(undefined),
    SkuSellers: z.array(binding).optional().catch(undefined),
    // Only own stock needs it.
    IsKit: z.boolean().optional().catch(undefined),
  })
  .transform(
    (sku): SkuDetails => ({
      skuId: sku.Id,
      isActive: sku.IsActive && sku.IsProductActive !== false,
      ean: sku.AlternateIds?.Ean,
      refId: sku.AlternateIds?.RefId,
      productId: sku.ProductId,
      sellers: sku.SkuSellers,
      isKit: sku.IsKit,
    })
  )

/** A SKU whose stock is read. */
const stockedSku = skuDetails.refine(({ isKit }) => isKit !== undefined, {
  path: ['IsKit'],
  message: 'expected true or false',
})

const pathOf = (skuId: number) => `/api/catalog_system/pvt/sku/stockkeepingunitbyid/${skuId}`

const kitRow = z.object({
  StockKeepingUnitParent: z.number().int(),
  StockKeepingUnitId: z.number().int().positive(),
  Quantity: z.number().int().positive(),
})

/** VTEX catalog: documented as one object, seen as a list; undocumented without components. */
const composition = z.preprocess(
  (answer) => (Array.isArray(answer) ? answer : answer === null ? [] : [answer]),
  z.array(kitRow)
)

const byRef = z.record(z.string(), z.unknown())

/** VTEX catalog: an id as text; null or absent for an unknown reference. */
const foundId = z
  .string()
  .regex(/^[1-9]\d*$/)
  .transform(Number)
  .refine(Number.isSafeInteger)
  .nullish()

export const REFS_A_CALL = 100

export const TO_READ_SKUS: readonly Policy[] = ['Sku.aspx', 'ViewProduct']

export class Catalog extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'catalog')
  protected override readonly needs = TO_READ_SKUS

  /** A page of all SKU ids, in undocumented order; empty past the end. VTEX catalog: from 1, of 1,000 ids at most. */
  skuIds(page: number): Promise<number[]> {
    const params = { page, pagesize: 1000 }
    return this.read('/api/catalog_system/pvt/sku/stockkeepingunitids', skuIds, { params })
  }

  /** References and state, up to ten minutes old (VTEX catalog: from an index). @throws {UpstreamError} `missing` */
  skuDetails(skuId: number): Promise<SkuDetails> {
    return this.read(pathOf(skuId), skuDetails)
  }

  /** {@link skuDetails} with `isKit`. @throws {UpstreamError} `malformed` without `IsKit` */
  stockedSku(skuId: number): Promise<SkuDetails> {
    return this.read(pathOf(skuId), stockedSku)
  }

  /** Each SKU once. */
  async components(kitId: number): Promise<Component[]> {
    const path = '/api/catalog/pvt/stockkeepingunitkit'
    const mismatch = (all: z.infer<typeof composition>) =>
      all.every(({ StockKeepingUnitParent }) => StockKeepingUnitParent === kitId)
        ? undefined
        : `asked for kit ${kitId}, answered for another`
    const asked = { params: { parentSkuId: kitId }, mismatch }
    const rows = await unlessMissing(this.read(path, composition, asked))
    const pieces = new Map<number, number>()
    for (const { StockKeepingUnitId, Quantity } of rows ?? []) {
      pieces.set(StockKeepingUnitId, Quantity + (pieces.get(StockKeepingUnitId) ?? 0))
    }
    return [...pieces].map(([skuId, quantity]) => ({ skuId, quantity }))
  }

  /** The SKU with this EAN, or undefined; as old as {@link skuDetails}. */
  async skuByEan(ean: string): Promise<SkuDetails | undefined> {
    if (!isOnePathSegment(ean)) return undefined
    const path = `/api/catalog_system/pvt/sku/stockkeepingunitbyean/${encodeURIComponent(ean)}`
    return unlessMissing(this.read(path, skuDetails))
  }

  /** The ids of the SKUs with exactly these references. One call for each {@link REFS_A_CALL}. */
  async skuIdsByRefIds(refs: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    // VTEX catalog: responds 500 to a repeated reference.
    for (const group of splitEvery(REFS_A_CALL, [...new Set(refs)])) {
      const path = '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids'
      const answer = new Map(Object.entries(await this.post(path, group, byRef)))
      for (const ref of group) {
        const skuId = foundId.safeParse(answer.get(ref))
        if (!skuId.success) throw new UpstreamError(this.limiter.upstream, 'malformed', NO_ID)
        if (skuId.data) found.set(ref, skuId.data)
      }
    }
    return found
  }
}

const NO_ID = 'the id of a SKU by its reference: expected digits'
/** More than VTEX's field for an EAN takes. */
const LONGEST_EAN = 255

/** False for an EAN that cannot be encoded, or that could lead to another path when a server decodes it twice. */
const isOnePathSegment = (ean: string): boolean =>
  ean.length <= LONGEST_EAN &&
  !/\p{Cs}/u.test(ean) &&
  ean.split(/[\\/]/).every((segment) => !['', '.', '..'].includes(segment.trim()))
