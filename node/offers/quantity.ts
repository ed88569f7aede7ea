import { max, min } from 'ramda'

/** Units of one SKU in one warehouse (VTEX logistics); the total includes reserved ones. */
export interface Balance {
  warehouseId: string
  totalQuantity: number
  reservedQuantity: number
  hasUnlimitedQuantity: boolean
}

/** Intershop reads the quantity as a 32-bit integer. */
const MAX_QUANTITY = 2_147_483_647

export interface QuantityRules {
  /** Ids of active warehouses that no setting excludes; case-sensitive. */
  countedWarehouses: ReadonlySet<string>
  /** Units subtracted from every offer; an integer. */
  safetyStock: number
  unlimitedQuantity: number
}

/**
 * Sellable units of the account's own SKU: the sum of max(0, total - reserved) over the included warehouses, minus
 * safetyStock, at least 0. Unlimited stock in one of them makes the SKU unlimited. Balances name deleted and inactive
 * warehouses too (VTEX logistics). A negative warehouse takes nothing from the others.
 */
export const sellableQuantity = (balances: readonly Balance[], rules: QuantityRules): number =>
  kitQuantity([{ quantity: 1, balances }], rules)

/**
 * Kits that all components are enough for, minus safetyStock; unlimited if all are.
 * @param components the `quantity` is units of the component in one kit
 */
export function kitQuantity(
  components: ReadonlyArray<{ quantity: number; balances: readonly Balance[] }>,
  rules: QuantityRules
): number {
  const kits = components
    .map(({ quantity, balances }) => Math.floor(available(balances, rules) / quantity))
    .reduce(min, Number.POSITIVE_INFINITY)
  return kits === Number.POSITIVE_INFINITY
    ? rules.unlimitedQuantity
    : availableQuantity(kits, rules)
}

/** Unreserved units in included warehouses; `Infinity` if one has unlimited stock. */
const available = (balances: readonly Balance[], { countedWarehouses }: QuantityRules): number =>
  balances
    .filter(({ warehouseId }) => countedWarehouses.has(warehouseId))
    .map(({ hasUnlimitedQuantity, totalQuantity, reservedQuantity }) =>
      hasUnlimitedQuantity
        ? Number.POSITIVE_INFINITY
        : Math.max(0, totalQuantity - reservedQuantity)
    )
    .reduce((sum, each) => sum + each, 0)

/** Sellable units of stock net of reservations: of a Centra row, or another seller's offer. */
export const availableQuantity = (
  availableStock: number,
  { safetyStock }: Pick<QuantityRules, 'safetyStock'>
): number => Math.min(MAX_QUANTITY, Math.max(0, availableStock - safetyStock))

/** What a seller offers of a SKU in one sales channel (trade policy). */
export interface ChannelOffer {
  /** Id of the sales channel; absent if VTEX sends none. */
  salesChannel?: string | undefined
  /** Units; absent if VTEX sends no number. */
  quantity?: number | undefined
}

export interface SellerQuantityRules extends Pick<QuantityRules, 'safetyStock'> {
  /** The sales channel to read; absent: the one with the largest quantity. */
  salesChannel?: number | undefined
}

/**
 * Sellable units of another seller's SKU: its quantity in the sales channel minus safetyStock, 0 if the seller does not
 * offer it there. A missing number is not 0: then returns what is missing.
 */
export function sellerQuantity(
  channels: readonly ChannelOffer[],
  { salesChannel, safetyStock }: SellerQuantityRules
): { quantity: number } | { unknown: string } {
  const counted = channels.filter(
    (each) => salesChannel === undefined || each.salesChannel === String(salesChannel)
  )
  if (counted.length === 0 && channels.some((each) => each.salesChannel === undefined)) {
    return { unknown: 'a sales channel without an id' }
  }
  const quantities = counted.flatMap(({ quantity }) => quantity ?? [])
  if (quantities.length < counted.length) return { unknown: 'no available quantity' }
  return { quantity: availableQuantity(Math.floor(quantities.reduce(max, 0)), { safetyStock }) }
}
