import { mapObjIndexed } from 'ramda'
import type { ErrorCode } from '../common/errors'
import type { Supplier } from './offerSku'

/** What one seller can sell of one SKU. */
export interface StockOffer {
  /** VTEX SKU id; an integer up to 2^53-1. */
  skuId: number
  /** VTEX seller id; "1" is the account itself. */
  sellerId: string
  /** Sellable units, 0 or more. */
  quantity: number
  /** When the quantity was read, UTC milliseconds. */
  observedAt: number
  /** Only for other sellers of the marketplace. */
  supplier?: Supplier | undefined
  /** The row that it was read from, if its source has row ids (Centra: stockItemId). */
  rowId?: number | undefined
}

/** Identifies an offer in VTEX and in Intershop. */
export interface OfferName {
  skuId: number
  sellerId: string
  offerSku: string
}

export interface MappedOffer extends StockOffer, OfferName {
  /** The SKU's identifier as VTEX has it; `offerSku` has it trimmed. */
  spelled?: string | undefined
  /** Why no source returned it: it is a former name, or its SKU, binding or row is gone. */
  why?: 'renamed' | 'removed' | undefined
}

export const offerKey = ({ skuId, sellerId }: Pick<Failure, 'skuId' | 'sellerId'>) =>
  `${skuId} ${sellerId}`

/** Why a SKU or a row of Centra has no offer that can be sent. */
export interface Failure {
  /** Absent if unknown. */
  skuId?: number
  /** Centra's stockItemId. */
  rowId?: number
  sellerId?: string
  code: ErrorCode
  message: string
}

/** processed = sent + unchanged + held + filtered + unmapped + failed. */
export const noOffers = {
  processed: 0,
  sent: 0,
  unchanged: 0,
  held: 0,
  filtered: 0,
  unmapped: 0,
  failed: 0,
}

export type OfferCounts = typeof noOffers

export const addCounts = (a: OfferCounts, b: OfferCounts): OfferCounts =>
  mapObjIndexed((count, field) => count + b[field], a)
