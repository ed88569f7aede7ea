import { max } from 'ramda'

/** Stock of one SKU in one warehouse, as VTEX logistics tells it: total includes reserved. */
export interface Balance {
  warehouseId: string
  totalQuantity: number
  reservedQuantity: number
  hasUnlimitedQuantity: boolean
}

/** Intershop reads the quantity as a 32-bit integer. */
const MOST = 2_147_483_647

/** The settings and facts that a quantity depends on. */
export interface QuantityRules {
  /** Ids of the warehouses that VTEX lists as active and no setting excludes. Case matters. */
  countedWarehouses: ReadonlySet<string>
  /** Pieces kept back from sale, once for each offer. */
  safetyStock: number
  /** What "unlimited" is published as. */
  unlimitedQuantity: number
}

/**
 * Pieces of a SKU that can be sold from own stock:
 * max(0, sum over counted warehouses of max(0, total - reserved) - safetyStock).
 * One counted warehouse with unlimited stock makes the SKU unlimited. Deleted and inactive warehouses
 * linger in a balance (VTEX logistics), so only listed ones count; total - reserved can be negative in
 * one warehouse and takes nothing from the others.
 */
export const sellableQuantity = (balances: readonly Balance[], rules: QuantityRules): number =>
  published(available(balances, rules), rules)

/** Stock of a SKU that is part of a kit. */
export interface ComponentStock {
  /** Pieces of it in one kit. */
  quantity: number
  balances: readonly Balance[]
}

/**
 * Kits that can be sold, as many as can be put together of what is available of each component, less the safety
 * stock; unlimited if all components are.
 */
export function kitQuantity(components: readonly ComponentStock[], rules: QuantityRules): number {
  const kits = components.map(({ quantity, balances }) =>
    Math.floor(available(balances, rules) / quantity)
  )
  return published(
    kits.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY),
    rules
  )
}

/** Pieces in counted warehouses that are not reserved; `Infinity` where one has unlimited stock. */
function available(
  balances: readonly Balance[],
  { countedWarehouses }: Pick<QuantityRules, 'countedWarehouses'>
): number {
  const counted = balances.filter(({ warehouseId }) => countedWarehouses.has(warehouseId))
  if (counted.some(({ hasUnlimitedQuantity }) => hasUnlimitedQuantity)) {
    return Number.POSITIVE_INFINITY
  }
  return counted.reduce(
    (sum, { totalQuantity, reservedQuantity }) =>
      sum + Math.max(0, totalQuantity - reservedQuantity),
    0
  )
}

const published = (pieces: number, { safetyStock, unlimitedQuantity }: QuantityRules): number =>
  pieces === Number.POSITIVE_INFINITY
    ? unlimitedQuantity
    : Math.min(MOST, Math.max(0, Math.floor(pieces - safetyStock)))

/**
 * Pieces that can be sold of stock of which only what is available is known: a row of Centra, which counts what
 * is allocated out already, or the offer of another seller.
 */
export const availableQuantity = (
  availableStock: number,
  { safetyStock }: Pick<QuantityRules, 'safetyStock'>
): number => Math.min(MOST, Math.max(0, availableStock - safetyStock))

/** What a seller offers of a SKU in one sales channel, as the marketplace tells. */
export interface ChannelOffer {
  /** Id of the sales channel; absent where it does not tell. */
  salesChannel?: string | undefined
  /** Pieces; absent where it tells no number. */
  quantity?: number | undefined
}

/** The settings that the quantity of another seller depends on. */
export interface SellerQuantityRules {
  /** Id of the sales channel that counts; absent: the one that has most. */
  salesChannel?: number | undefined
  /** Pieces kept back from sale, once for each offer. */
  safetyStock: number
}

/** Pieces that can be sold, or why nobody can tell. */
export type SellerQuantity = { quantity: number } | { unknown: string }

/**
 * Pieces of a SKU that another seller sells here: what the sales channel of the settings has available, less
 * the safety stock; 0 where the seller does not offer it there. A number that is missing is not 0.
 */
export function sellerQuantity(
  channels: readonly ChannelOffer[],
  { salesChannel, safetyStock }: SellerQuantityRules
): SellerQuantity {
  const counted =
    salesChannel === undefined
      ? channels
      : channels.filter((each) => each.salesChannel === String(salesChannel))
  if (counted.length === 0 && channels.some((each) => each.salesChannel === undefined)) {
    return { unknown: 'a sales channel without an id' }
  }
  const quantities = counted.map(({ quantity }) => quantity).filter((each) => each !== undefined)
  if (quantities.length < counted.length) return { unknown: 'no available quantity' }
  return { quantity: availableQuantity(Math.floor(quantities.reduce(max, 0)), { safetyStock }) }
}
