import { type Balance, seededBalances } from './balance'
import { Catalog } from './catalog'
import { SEEDED_SELLERS, type Seller } from './sellers'
import { ordinarySku, type Sku, seededSku } from './sku'
import { counts, WAREHOUSES } from './warehouses'

/** What VTEX would tell its broadcaster about a SKU. */
export interface SkuChange {
  skuId: number
  productId: number
  active: boolean
  stockModified: boolean
  skuModified: boolean
  removed: boolean
}

/** A change that the account refuses, such as one of a SKU that it does not have. */
export class RefusedChange extends Error {}

/** A warehouse's new numbers for a SKU; what is absent stays. */
export interface BalanceChange {
  total?: number
  reserved?: number
  unlimited?: boolean
}

/** A change of the account, as data. */
export type Mutation =
  | { change: 'setBalance'; skuId: number; warehouseId: string; to: BalanceChange }
  | { change: 'sell'; skuId: number; units: number }
  | { change: 'setFacts'; skuId: number; to: SkuFacts }
  | { change: 'addSku'; to: SkuFacts }
  | { change: 'removeSku'; skuId: number }

/** A SKU's new facts; `null` takes an identifier away. */
export interface SkuFacts {
  active?: boolean
  productActive?: boolean
  refId?: string | null
  ean?: string | null
}

/**
 * A VTEX account: a seeded catalog with its stock, and what changed since. Its
 * memory grows with the changes, not with the catalog.
 */
export class Account {
  readonly catalog: Catalog
  readonly sellers: readonly Seller[]
  /** Changed identifiers, for look-ups by reference. */
  readonly changedRefIds = new Map<string, number>()
  readonly changedEans = new Map<string, number>()
  /** How often a SKU's stock was asked for. */
  stockReads = 0
  private readonly skus = new Map<number, Sku>()
  private readonly stocks = new Map<number, Balance[]>()
  private readonly listeners: ((change: SkuChange) => void)[] = []
  private record: (mutation: Mutation) => void = () => {}

  constructor(
    readonly name: string,
    size: number,
    readonly seed: number,
    sellers = SEEDED_SELLERS
  ) {
    this.catalog = new Catalog(size, seed)
    this.sellers = sellers
  }

  /** A SKU's facts now; undefined when the account has no such SKU. */
  sku(id: number): Sku | undefined {
    if (!this.catalog.has(id)) return undefined
    return this.skus.get(id) ?? seededSku(this.seed, id)
  }

  /** A SKU's stock now, a row for each warehouse. */
  balances(id: number): Balance[] {
    return this.stocks.get(id) ?? seededBalances(this.seed, id)
  }

  /** Calls back after each change. */
  onChange(listener: (change: SkuChange) => void): void {
    this.listeners.push(listener)
  }

  /** Hands each change that was made to `record`, before anyone is told of it. */
  recordTo(record: (mutation: Mutation) => void): void {
    this.record = record
  }

  setBalance(id: number, warehouseId: string, change: BalanceChange): void {
    this.known(id)
    const balances = this.balances(id).map((balance) => ({ ...balance }))
    const row = balances.find((balance) => balance.warehouseId === warehouseId)
    if (!row) throw new RefusedChange(`SKU ${id} has no warehouse ${warehouseId}`)
    Object.assign(row, change)
    this.stocks.set(id, balances)
    this.record({ change: 'setBalance', skuId: id, warehouseId, to: change })
    this.tell(id, { stockModified: true })
  }

  /**
   * Reserves units as an order does: warehouse by warehouse, as far as their
   * stock goes. All or nothing; unlimited stock is sold without a trace.
   */
  sell(id: number, units: number): void {
    this.known(id)
    const open = new Set(WAREHOUSES.filter(counts).map((warehouse) => warehouse.id))
    const balances = this.balances(id).map((balance) => ({ ...balance }))
    const rows = balances.filter((balance) => open.has(balance.warehouseId))
    if (rows.some((row) => row.unlimited)) return
    let left = units
    for (const row of rows) {
      const taken = Math.min(left, Math.max(0, row.total - row.reserved))
      row.reserved += taken
      left -= taken
    }
    if (left > 0) throw new RefusedChange(`SKU ${id} has ${units - left} units to sell`)
    this.stocks.set(id, balances)
    this.record({ change: 'sell', skuId: id, units })
    this.tell(id, { stockModified: true })
  }

  setActive(id: number, active: boolean): void {
    this.setFacts(id, { active })
  }

  setRefId(id: number, refId: string | null): void {
    this.setFacts(id, { refId })
  }

  setFacts(id: number, facts: SkuFacts): void {
    this.write(id, facts)
    this.record({ change: 'setFacts', skuId: id, to: facts })
    this.tell(id, { skuModified: true })
  }

  /** Adds a SKU with ten units in each warehouse; answers its id. */
  addSku(facts: SkuFacts = {}): number {
    const id = this.catalog.add()
    this.skus.set(id, ordinarySku(id))
    this.stocks.set(
      id,
      WAREHOUSES.map(({ id: warehouseId }) => ({
        warehouseId,
        total: 10,
        reserved: 0,
        unlimited: false,
        leadTime: '1.00:00:00',
      }))
    )
    this.write(id, facts)
    this.record({ change: 'addSku', to: facts })
    this.tell(id, { skuModified: true })
    return id
  }

  removeSku(id: number): void {
    const { productId } = this.known(id)
    this.catalog.remove(id)
    this.skus.delete(id)
    this.stocks.delete(id)
    this.record({ change: 'removeSku', skuId: id })
    this.tellAll({ ...QUIET, skuId: id, productId, active: false, removed: true })
  }

  private write(id: number, facts: SkuFacts): void {
    const { refId, ean, ...flags } = facts
    const sku: Sku = { ...this.known(id), ...flags }
    if (refId !== undefined) sku.refId = refId ?? undefined
    if (ean !== undefined) sku.ean = ean ?? undefined
    if (refId) this.changedRefIds.set(refId, id)
    if (ean) this.changedEans.set(ean, id)
    this.skus.set(id, sku)
  }

  private known(id: number): Sku {
    const sku = this.sku(id)
    if (!sku) throw new RefusedChange(`there is no SKU ${id}`)
    return sku
  }

  private tell(id: number, what: Partial<SkuChange>): void {
    const { productId, active } = this.known(id)
    this.tellAll({ ...QUIET, skuId: id, productId, active, ...what })
  }

  private tellAll(change: SkuChange): void {
    for (const listener of this.listeners) listener(change)
  }
}

const QUIET = { stockModified: false, skuModified: false, removed: false }
