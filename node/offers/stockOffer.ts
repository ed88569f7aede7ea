import type { ErrorCode } from '../common/errorCodes'
import type { Supplier } from './supplier'

/** What one seller can sell of one SKU. */
export interface StockOffer {
  /** VTEX SKU id; an integer up to 2^53-1. */
  skuId: number
  /** VTEX seller id; "1" is the account itself. */
  sellerId: string
  /** Pieces that can be sold, 0 or more. */
  quantity: number
  /** When the quantity was read, in UTC milliseconds. */
  observedAt: number
  /** Of an offer of another seller of the marketplace. */
  supplier?: Supplier | undefined
  /** In a source that has ids of its own (Centra: stockItemId), the row that it was read from. */
  rowId?: number | undefined
}

/** An offer, and how Intershop knows it. */
export interface OfferName {
  skuId: number
  sellerId: string
  offerSku: string
}

/**
 * Why an offer is 0 that no source tells of:
 * - `renamed`: Intershop knows it by another name now, this is the old one
 * - `removed`: its SKU, its binding or its row is gone
 */
export type WhyZero = 'renamed' | 'removed'

/** A stock offer under the name by which Intershop knows it. */
export interface MappedOffer extends StockOffer, OfferName {
  /** The SKU's identifier as VTEX has it, where the name has it trimmed. */
  spelled?: string | undefined
  why?: WhyZero | undefined
}

/** Tells the offers of sellers and SKUs apart. */
export const offerKey = ({ skuId, sellerId }: Pick<Failure, 'skuId' | 'sellerId'>) =>
  `${skuId} ${sellerId}`

/** Why a SKU, or a row of a source that has ids of its own, gave no offer that could be sent. */
export interface Failure {
  /** Absent where it is not known which SKU it would have been. */
  skuId?: number
  /** Its id in a source that has ids of its own (Centra: stockItemId). */
  rowId?: number
  sellerId?: string
  code: ErrorCode
  message: string
}

/**
 * What became of the offers of a slice, or of an export:
 * processed = sent + unchanged + held + filtered + unmapped + failed.
 */
export interface OfferCounts {
  processed: number
  sent: number
  unchanged: number
  held: number
  filtered: number
  unmapped: number
  failed: number
}

export const noOffers: OfferCounts = {
  processed: 0,
  sent: 0,
  unchanged: 0,
  held: 0,
  filtered: 0,
  unmapped: 0,
  failed: 0,
}

/** Adds counts field by field. */
export const addCounts = (a: OfferCounts, b: OfferCounts): OfferCounts => ({
  processed: a.processed + b.processed,
  sent: a.sent + b.sent,
  unchanged: a.unchanged + b.unchanged,
  held: a.held + b.held,
  filtered: a.filtered + b.filtered,
  unmapped: a.unmapped + b.unmapped,
  failed: a.failed + b.failed,
})
