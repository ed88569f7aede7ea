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
