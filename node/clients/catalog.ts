import { splitEvery } from 'ramda'
import { z } from 'zod'
import { type Policy, UpstreamError, unlessMissing } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './vtexClient'

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

/** That a seller may sell a SKU, and by which id the seller knows it. */
export type Binding = z.infer<typeof binding>

/** What is needed of a SKU besides its stock. */
export interface SkuDetails {
  skuId: number
  /** The SKU and its product both are. */
  isActive: boolean
  ean?: string | undefined
  refId?: string | undefined
  /** Absent where the answer does not tell. */
  productId?: number | undefined
  /** Its sellers, the account itself among them; absent where the answer does not tell. */
  sellers?: readonly Binding[] | undefined
  /** Absent where the answer does not tell. */
  isKit?: boolean | undefined
  /** What a kit is made of; none for one that has stock of its own, absent where it was not asked for. */
  components?: readonly KitComponent[] | undefined
}

/** A SKU that is part of a kit. */
export interface Component {
  skuId: number
  /** Pieces of it in one kit. */
  quantity: number
}

/** The same, with whether it and its product are active. */
export type KitComponent = Component & Pick<SkuDetails, 'isActive'>

const skuDetails = z
  .object({
    Id: z.number().int(),
    IsActive: z.boolean(),
    IsProductActive: z.boolean().optional(),
    AlternateIds: z.object({ Ean: optionalText, RefId: optionalText }).nullish(),
    // The account's own stock needs neither, and does without where they cannot be understood.
    ProductId: z.number().int().optional().catch(undefined),
    SkuSellers: z.array(binding).optional().catch(undefined),
    // Only the account's own stock needs it.
    IsKit: z.boolean().optional().catch(undefined),
  })
  .transform(
    ({
      Id,
      IsActive,
      IsProductActive,
      AlternateIds,
      ProductId,
      SkuSellers,
      IsKit,
    }): SkuDetails => ({
      skuId: Id,
      isActive: IsActive && IsProductActive !== false,
      ean: AlternateIds?.Ean,
      refId: AlternateIds?.RefId,
      productId: ProductId,
      sellers: SkuSellers,
      isKit: IsKit,
    })
  )

/** The same, of a SKU whose stock is asked for. */
const stockedSku = skuDetails.refine(({ isKit }) => isKit !== undefined, {
  path: ['IsKit'],
  message: 'expected true or false',
})

const pathOf = (skuId: number) => `/api/catalog_system/pvt/sku/stockkeepingunitbyid/${skuId}`

const component = z.object({
  StockKeepingUnitParent: z.number().int(),
  StockKeepingUnitId: z.number().int().positive(),
  Quantity: z.number().int().positive(),
})

/** VTEX catalog: documented as one object, seen as a list; what it is where there is none is not documented. */
const composition = z.preprocess(
  (answer) => (Array.isArray(answer) ? answer : answer === null ? [] : [answer]),
  z.array(component)
)

const byRef = z.record(z.string(), z.unknown())

/** VTEX catalog: an id as text here; null, or nothing, for a reference that no SKU has. */
const foundId = z
  .string()
  .regex(/^[1-9]\d*$/)
  .transform(Number)
  .refine(Number.isSafeInteger)
  .nullish()

/** References that are asked for in one call. */
export const REFS_A_CALL = 100

const TO_READ_SKUS: readonly Policy[] = ['Sku.aspx', 'ViewProduct']

/** VTEX's catalog API. */
export class Catalog extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'catalog')

  /**
   * One page of all SKU ids of the account, in no promised order; empty past the end.
   * VTEX catalog: pages count from 1, 1,000 ids at most, no total.
   * @throws {UpstreamError}
   */
  skuIds(page: number): Promise<number[]> {
    return this.read('/api/catalog_system/pvt/sku/stockkeepingunitids', skuIds, TO_READ_SKUS, {
      page,
      pagesize: 1000,
    })
  }

  /**
   * A SKU's references and state, up to about ten minutes old (VTEX catalog: served from an index).
   * @throws {UpstreamError} `missing` for a SKU that does not exist
   */
  skuDetails(skuId: number): Promise<SkuDetails> {
    return this.read(pathOf(skuId), skuDetails, TO_READ_SKUS)
  }

  /**
   * {@link skuDetails}, which says whether the SKU is a kit.
   * @throws {UpstreamError} `malformed` where the answer does not tell
   */
  stockedSku(skuId: number): Promise<SkuDetails> {
    return this.read(pathOf(skuId), stockedSku, TO_READ_SKUS)
  }

  /**
   * What a kit is made of, each SKU once; nothing for a kit without components.
   * @throws {UpstreamError}
   */
  async components(kitId: number): Promise<Component[]> {
    const path = '/api/catalog/pvt/stockkeepingunitkit'
    const asked = { parentSkuId: kitId }
    const own = composition.refine(
      (rows) => rows.every(({ StockKeepingUnitParent }) => StockKeepingUnitParent === kitId),
      `asked for kit ${kitId}, answered for another`
    )
    const rows = await unlessMissing(this.read(path, own, TO_READ_SKUS, asked))
    const pieces = new Map<number, number>()
    for (const { StockKeepingUnitId, Quantity } of rows ?? []) {
      pieces.set(StockKeepingUnitId, Quantity + (pieces.get(StockKeepingUnitId) ?? 0))
    }
    return [...pieces].map(([skuId, quantity]) => ({ skuId, quantity }))
  }

  /**
   * The SKU that has this EAN now, or undefined; as old as {@link skuDetails}.
   * @throws {UpstreamError}
   */
  async skuByEan(ean: string): Promise<SkuDetails | undefined> {
    if (!isOnePathSegment(ean)) return undefined
    const path = `/api/catalog_system/pvt/sku/stockkeepingunitbyean/${encodeURIComponent(ean)}`
    return unlessMissing(this.read(path, skuDetails, TO_READ_SKUS))
  }

  /**
   * The ids of the SKUs that have these references, spelled exactly so; none for a reference that no SKU has.
   * One call for each {@link REFS_A_CALL}.
   * @throws {UpstreamError}
   */
  async skuIdsByRefIds(refs: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    // VTEX catalog: a reference that comes twice is answered with 500.
    for (const group of splitEvery(REFS_A_CALL, [...new Set(refs)])) {
      const path = '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids'
      const answer = new Map(Object.entries(await this.post(path, group, byRef, TO_READ_SKUS)))
      for (const ref of group) {
        const skuId = foundId.safeParse(answer.get(ref))
        if (!skuId.success) throw new UpstreamError(this.upstream, 'malformed', NO_ID)
        if (skuId.data) found.set(ref, skuId.data)
      }
    }
    return found
  }
}

const NO_ID = 'the id of a SKU by its reference: expected digits'
/** VTEX's field for an EAN takes less. */
const LONGEST_EAN = 255

/** What could lead elsewhere once its blanks and slashes are decoded again, or cannot be encoded, is no EAN. */
const isOnePathSegment = (ean: string): boolean =>
  ean.length <= LONGEST_EAN &&
  !/\p{Cs}/u.test(ean) &&
  ean.split(/[\\/]/).every((segment) => !['', '.', '..'].includes(segment.trim()))
