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

/**
 * A VTEX account: a seeded catalog with its stock, and what changed since. Its
 * memory grows with the changes, not with the catalog.
 */
export class Account {
  readonly catalog: Catalog
  readonly kits: Kits
  readonly marketplace: Marketplace
  /** Changed identifiers, for look-ups by reference. VTEX lets several SKUs have one reference: the last first. */
  readonly changedRefIds = new Map<string, readonly number[]>()
  readonly changedEans = new Map<string, number>()
  /** What the catalog API reads from. */
  readonly index = new CatalogIndex()
  /** What logistics lists, deleted ones apart; a restart forgets what else it was told to list. */
  warehouses: readonly Warehouse[] = WAREHOUSES
  /** How often a SKU's stock was asked for. */
  stockReads = 0
  /** Calls for what a kit is made of. */
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
    /** Whether kits of the seeded catalog have components. */
    seedsComponents = true
  ) {
    this.catalog = new Catalog(size, seed)
    this.kits = new Kits(this, seedsComponents)
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

  /**
   * A SKU's stock now, a row for each warehouse. VTEX: of a kit with components there is none but theirs, and no
   * row.
   */
  balances(id: number): Balance[] {
    if (this.kits.hasComponents(id)) return []
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
    return this.feed.changedAt(id)
  }

  /** Calls back after each change. */
  onChange(listener: (change: SkuChange) => void): void {
    this.feed.onChange(listener)
  }

  /** Hands each change that was made to `record`, before anyone is told of it. */
  recordTo(record: (mutation: Mutation) => void): void {
    this.record = record
  }

  setBalance(id: number, warehouseId: string, change: BalanceChange): void {
    this.known(id)
    const balances = changed(this.balances(id), id, warehouseId, change)
    this.stocks.set(id, balances)
    this.record({ change: 'setBalance', skuId: id, warehouseId, to: change })
    this.tell(id, { stockModified: true })
  }

  /**
   * Reserves units as an order does: warehouse by warehouse, as far as their
   * stock goes. All or nothing. Answers whether that changed anything: unlimited
   * stock is sold without a trace. Of a kit its components are sold, and VTEX tells of them alone.
   */
  sell(id: number, units: number): boolean {
    this.known(id)
    if (this.kits.hasComponents(id)) return sellKit(this, id, units)
    const balances = reserved(this.balances(id), id, units)
    if (!balances) return false
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

  /**
   * Makes a SKU a kit of these SKUs, which it stays: without any, a kit with stock of its own. Kits of kits are
   * refused, as VTEX documents none.
   */
  setComponents(id: number, components: readonly Component[]): void {
    const before = this.known(id)
    this.kits.set(id, components)
    this.index.replace(id, before)
    this.skus.set(id, { ...before, kit: true })
    this.record({ change: 'setComponents', skuId: id, to: components })
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
    this.kits.forget(id)
    this.record({ change: 'removeSku', skuId: id })
    this.feed.tell({ ...sku, active: false }, { removed: true })
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

  private tell(id: number, what: Partial<SkuChange>): void {
    this.feed.tell(this.known(id), what)
  }
}

const SEEDED_PRICE = 100
