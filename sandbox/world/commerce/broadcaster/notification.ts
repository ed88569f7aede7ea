import type { SkuChange } from '../changes'

/** Whose events these are, as an app of VTEX IO names them in its service.json. */
export const SENDER = 'vtex.broadcaster'
export const TOPIC = 'broadcaster.notification'

/** VTEX: what the broadcaster tells of a SKU: neither how many units there are, nor whose. */
export interface Notification {
  /** VTEX: a string, while `ProductId` is a number. */
  IdSku: string
  ProductId: number
  /** The account. */
  An: string
  IdAffiliate: string
  /** When it happened, in ISO 8601; not when it was told. */
  DateModified: string
  IsActive: boolean
  StockModified: boolean
  PriceModified: boolean
  HasStockKeepingUnitModified: boolean
  HasStockKeepingUnitRemovedFromAffiliate: boolean
}

/** VTEX: at times that is all there is. */
export type PartialNotification = Pick<Notification, 'IdSku' | 'HasStockKeepingUnitModified'>

/** What the broadcaster tells of a change in this account. */
export function notificationOf(account: string, change: SkuChange): Notification {
  return {
    IdSku: String(change.skuId),
    ProductId: change.productId,
    An: account,
    IdAffiliate: '',
    DateModified: new Date(change.at).toISOString(),
    IsActive: change.active,
    StockModified: change.stockModified,
    PriceModified: change.priceModified,
    HasStockKeepingUnitModified: change.skuModified,
    HasStockKeepingUnitRemovedFromAffiliate: change.removed,
  }
}

/** The same with next to nothing in it: that the SKU changed, whatever changed of it. */
export function partialNotificationOf({ skuId }: SkuChange): PartialNotification {
  return { HasStockKeepingUnitModified: true, IdSku: String(skuId) }
}
