import { type Balance, ordinaryBalances, seededBalances } from './balance'
import { Catalog } from './catalog'
import { CatalogIndex } from './catalog-index'
import {
  type BalanceChange,
  type Mutation,
  RefusedChange,
  type SkuChange,
  type SkuFacts,
} from './changes'
import { Marketplace } from './marketplace'
import { SEEDED_SELLERS, type Seller } from './sellers'
import { ordinarySku, type Sku, seededSku } from './sku'
import { counts, WAREHOUSES } from './warehouses'

/**
 * A VTEX account: a seeded catalog with its stock, and what changed since. Its
 * memory grows with the changes, not with the catalog.
 */
export class Account {
  readonly catalog: Catalog
  readonly marketplace: Marketplace
  /** Changed identifiers, for look-ups by reference. VTEX lets several SKUs have one reference: the last first. */
  readonly changedRefIds = new Map<string, readonly number[]>()
  readonly changedEans = new Map<string, number>()
  /** What the catalog API reads from. */
  readonly index = new CatalogIndex()
  /** How often a SKU's stock was asked for. */
  stockReads = 0
  private readonly skus = new Map<number, Sku>()
  private readonly stocks = new Map<number, Balance[]>()
  private readonly prices = new Map<number, number>()
  private readonly changes = new Map<number, number>()
  private readonly listeners: ((change: SkuChange) => void)[] = []
  private record: (mutation: Mutation) => void = () => {}

  constructor(
    readonly name: string,
    size: number,
    readonly seed: number,
    sellers = SEEDED_SELLERS
  ) {
    this.catalog = new Catalog(size, seed)
    this.marketplace = new Marketplace(sellers)
  }

  get sellers(): readonly Seller[] {
    return this.marketplace.sellers
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

  /** A SKU's facts as the catalog API tells them, which may be those of a while ago. */
  indexedSku(id: number): Sku | undefined {
    return this.index.read(id, this.sku(id))
  }

  price(id: number): number {
    return this.prices.get(id) ?? SEEDED_PRICE
  }

  /**
   * When a SKU last changed in a way that may change what can be sold of it or what it is called, in
   * milliseconds; undefined when it did not since the start.
   */
  changedAt(id: number): number | undefined {
    return this.changes.get(id)
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
   * stock goes. All or nothing. Answers whether that changed anything: unlimited
   * stock is sold without a trace.
   */
  sell(id: number, units: number): boolean {
    this.known(id)
    const open = new Set(WAREHOUSES.filter(counts).map((warehouse) => warehouse.id))
    const balances = this.balances(id).map((balance) => ({ ...balance }))
    const rows = balances.filter((balance) => open.has(balance.warehouseId))
    if (rows.some((row) => row.unlimited)) return false
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
    return true
  }

  /** Changes no stock; VTEX tells of it all the same. */
  setPrice(id: number, price: number): void {
    this.known(id)
    this.prices.set(id, price)
    this.record({ change: 'setPrice', skuId: id, price })
    this.tell(id, { priceModified: true })
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
    this.index.replace(id, undefined)
    this.skus.set(id, ordinarySku(id))
    this.stocks.set(id, ordinaryBalances())
    this.write(id, facts)
    this.record({ change: 'addSku', to: facts })
    this.tell(id, { skuModified: true })
    return id
  }

  removeSku(id: number): void {
    const sku = this.known(id)
    this.index.replace(id, sku)
    this.catalog.remove(id)
    this.skus.delete(id)
    this.stocks.delete(id)
    this.record({ change: 'removeSku', skuId: id })
    this.tellAll({ ...sku, active: false }, { removed: true })
  }

  private write(id: number, facts: SkuFacts): void {
    const { refId, ean, ...flags } = facts
    const before = this.known(id)
    const sku: Sku = { ...before, ...flags }
    this.index.replace(id, before)
    if (refId !== undefined) sku.refId = refId ?? undefined
    if (ean !== undefined) sku.ean = ean ?? undefined
    if (refId) {
      const others = this.changedRefIds.get(refId)?.filter((other) => other !== id) ?? []
      this.changedRefIds.set(refId, [id, ...others])
    }
    if (ean) this.changedEans.set(ean, id)
    this.skus.set(id, sku)
  }

  private known(id: number): Sku {
    const sku = this.sku(id)
    if (!sku) throw new RefusedChange(`there is no SKU ${id}`)
    return sku
  }

  private tell(id: number, what: Partial<SkuChange>): void {
    this.tellAll(this.known(id), what)
  }

  private tellAll({ id, productId, active }: Sku, what: Partial<SkuChange>): void {
    const at = Date.now()
    const change: SkuChange = { ...QUIET, skuId: id, productId, active, at, ...what }
    if (change.stockModified || change.skuModified || change.removed) this.changes.set(id, at)
    for (const listener of this.listeners) listener(change)
  }
}

const SEEDED_PRICE = 100
const QUIET = { stockModified: false, priceModified: false, skuModified: false, removed: false }
