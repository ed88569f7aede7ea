import type { SkuChange } from '../changes'

/** Sender and topic for an app's service.json. */
export const SENDER = 'vtex.broadcaster'
export const TOPIC = 'broadcaster.notification'

/** VTEX: a notification of a changed SKU, without quantity and seller. */
export interface Notification {
  /** VTEX: a string, while `ProductId` is a number. */
  IdSku: string
  ProductId: number
  /** The account. */
  An: string
  IdAffiliate: string
  /** Time of the change (not of publication), ISO 8601. */
  DateModified: string
  IsActive: boolean
  StockModified: boolean
  PriceModified: boolean
  HasStockKeepingUnitModified: boolean
  HasStockKeepingUnitRemovedFromAffiliate: boolean
}

/** VTEX: sometimes a notification has only these fields. */
export type PartialNotification = Pick<Notification, 'IdSku' | 'HasStockKeepingUnitModified'>

/** Creates the notification of a change. */
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

/** Creates a notification that only names the SKU. */
export function partialNotificationOf({ skuId }: SkuChange): PartialNotification {
  return { HasStockKeepingUnitModified: true, IdSku: String(skuId) }
}
