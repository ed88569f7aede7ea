import { z } from 'zod'

import { CommerceApi } from './janus'

const skuIds = z.array(z.number().int().nonnegative())

const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)

const skuContext = z
  .object({
    Id: z.number().int(),
    IsActive: z.boolean(),
    IsProductActive: z.boolean().optional(),
    AlternateIds: z.object({ Ean: optionalText, RefId: optionalText }).nullish(),
  })
  .transform(({ Id, IsActive, IsProductActive, AlternateIds }) => ({
    skuId: Id,
    isActive: IsActive && IsProductActive !== false,
    ean: AlternateIds?.Ean,
    refId: AlternateIds?.RefId,
  }))

/** What is needed of a SKU besides its stock. `isActive`: the SKU and its product both are. */
export type SkuContext = z.infer<typeof skuContext>

/** VTEX's catalog API. */
export class Catalog extends CommerceApi {
  protected readonly upstream = 'VTEX catalog'

  /**
   * One page of all SKU ids of the account, in no promised order; empty past the end.
   * VTEX catalog: pages count from 1, 1,000 ids at most, no total.
   * @throws {UpstreamError}
   */
  skuIds(page: number): Promise<number[]> {
    return this.read('/api/catalog_system/pvt/sku/stockkeepingunitids', skuIds, {
      page,
      pagesize: 1000,
    })
  }

  /**
   * A SKU's references and state, up to about ten minutes old (VTEX catalog: served from an index).
   * @throws {UpstreamError} `missing` for a SKU that does not exist
   */
  skuContext(skuId: number): Promise<SkuContext> {
    return this.read(`/api/catalog_system/pvt/sku/stockkeepingunitbyid/${skuId}`, skuContext)
  }
}
