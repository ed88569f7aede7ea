import { type Balance, changed, ordinaryBalances, reserved, seededBalances } from './balance'
import { Catalog } from './catalog'
import { CatalogIndex } from './catalog-index'
import { ChangeFeed } from './change-feed'
import {
  type BalanceChange,
  type Mutation,
  RefusedChange,
  type SkuChange,
  type SkuFacts,
} from './changes'
import type { Component } from './component'
import { sellKit } from './kit-stock'
import { Kits } from './kits'
import { Marketplace } from './marketplace'
import { SEEDED_SELLERS, type Seller } from './sellers'
import { ordinarySku, type Sku, seededSku, withFacts } from './sku'
import { WAREHOUSES, type Warehouse } from './warehouses'

/** A VTEX account: a generated catalog with stock, and changes of it. Only changes take memory. */
export class Account {
  readonly catalog: Catalog
  readonly kits: Kits
  readonly marketplace: Marketplace
  /** Changed references, for look-ups. VTEX: several SKUs can have the same one; the last one first. */
  readonly changedRefIds = new Map<string, readonly number[]>()
  readonly changedEans = new Map<string, number>()
  /** The index of the catalog API. */
  readonly index = new CatalogIndex()
  /** The warehouses that logistics lists, without deleted ones; changes are lost at a restart. */
  warehouses: readonly Warehouse[] = WAREHOUSES
  /** Number of stock requests. */
  stockReads = 0
  /** Number of requests for a kit's components. */
  kitReads = 0
  private readonly skus = new Map<number, Sku>()
  private readonly stocks = new Map<number, Balance[]>()
  private readonly prices = new Map<number, number>()
  private readonly feed = new ChangeFeed()
  private record: (mutation: Mutation) => void = () => {}

  constructor(
    readonly name: string,
    size: number,
    readonly seed: number,
    sellers = SEEDED_SELLERS,
    /** Whether kits of the generated catalog have components. */
    seedsComponents = true
  ) {
    this.catalog = new Catalog(size, seed)
    this.kits = new Kits(this, seedsComponents)
    this.marketplace = new Marketplace(sellers)
  }

  get sellers(): readonly Seller[] {
    return this.marketplace.sellers
  }

  /** The current SKU; undefined if the account has none with this id. */
  sku(id: number): Sku | undefined {
    if (!this.catalog.has(id)) return undefined
    return this.skus.get(id) ?? seededSku(this.seed, id)
  }

  /** A SKU's current stock by warehouse. VTEX: a kit with components has no stock of its own and no row. */
  balances(id: number): Balance[] {
    if (this.kits.hasComponents(id)) return []
    return this.stocks.get(id) ?? seededBalances(this.seed, id)
  }

  /** The SKU as the catalog API returns it; it may be outdated. */
  indexedSku(id: number): Sku | undefined {
    return this.index.read(id, this.sku(id))
  }

  price(id: number): number {
    return this.prices.get(id) ?? SEEDED_PRICE
  }

  /** A SKU's last change of stock, activity or references, epoch milliseconds; undefined if none since the start. */
  changedAt(id: number): number | undefined {
    return this.feed.changedAt(id)
  }

  /** Calls back after each change. */
  onChange(listener: (change: SkuChange) => void): void {
    this.feed.onChange(listener)
  }

  /** Passes each change to `record`, before the listeners are called. */
  recordTo(record: (mutation: Mutation) => void): void {
    this.record = record
  }

  setBalance(id: number, warehouseId: string, change: BalanceChange): void {
    this.known(id)
    const balances = changed(this.balances(id), id, warehouseId, change)
    this.stocks.set(id, balances)
    this.record({ change: 'setBalance', skuId: id, warehouseId, to: change })
    this.notify(id, { stockModified: true })
  }

  /**
   * Reserves units like an order, warehouse by warehouse, all or none. Returns false if nothing changes: unlimited stock.
   * For a kit it sells the components, and VTEX notifies of those only.
   */
  sell(id: number, units: number): boolean {
    this.known(id)
    if (this.kits.hasComponents(id)) return sellKit(this, id, units)
    const balances = reserved(this.balances(id), id, units)
    if (!balances) return false
    this.stocks.set(id, balances)
    this.record({ change: 'sell', skuId: id, units })
    this.notify(id, { stockModified: true })
    return true
  }

  /** Does not change stock, but VTEX sends a notification. */
  setPrice(id: number, price: number): void {
    this.known(id)
    this.prices.set(id, price)
    this.record({ change: 'setPrice', skuId: id, price })
    this.notify(id, { priceModified: true })
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
    this.notify(id, { skuModified: true })
  }

  /** Makes a SKU a kit of these components; without any, a kit with its own stock. Kits of kits are rejected. */
  setComponents(id: number, components: readonly Component[]): void {
    const before = this.known(id)
    this.kits.set(id, components)
    this.index.replace(id, before)
    this.skus.set(id, { ...before, kit: true })
    this.record({ change: 'setComponents', skuId: id, to: components })
    this.notify(id, { skuModified: true })
  }

  /** Adds a SKU with ten units in each warehouse; returns its id. */
  addSku(facts: SkuFacts = {}): number {
    const id = this.catalog.add()
    this.index.replace(id, undefined)
    this.skus.set(id, ordinarySku(id))
    this.stocks.set(id, ordinaryBalances())
    this.write(id, facts)
    this.record({ change: 'addSku', to: facts })
    this.notify(id, { skuModified: true })
    return id
  }

  removeSku(id: number): void {
    const sku = this.known(id)
    this.index.replace(id, sku)
    this.catalog.remove(id)
    this.skus.delete(id)
    this.stocks.delete(id)
    this.kits.forget(id)
    this.record({ change: 'removeSku', skuId: id })
    this.feed.emit({ ...sku, active: false }, { removed: true })
  }

  private write(id: number, facts: SkuFacts): void {
    const { refId, ean } = facts
    const before = this.known(id)
    this.index.replace(id, before)
    if (refId) {
      const others = this.changedRefIds.get(refId)?.filter((other) => other !== id) ?? []
      this.changedRefIds.set(refId, [id, ...others])
    }
    if (ean) this.changedEans.set(ean, id)
    this.skus.set(id, withFacts(before, facts))
  }

  private known(id: number): Sku {
    const sku = this.sku(id)
    if (!sku) throw new RefusedChange(`there is no SKU ${id}`)
    return sku
  }

  private notify(id: number, what: Partial<SkuChange>): void {
    this.feed.emit(this.known(id), what)
  }
}

const SEEDED_PRICE = 100
