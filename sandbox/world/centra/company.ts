import { RefusedChange } from '../commerce/changes'
import { type CentraBehaviour, DEFAULT_BEHAVIOUR } from './behaviour'
import { Calls } from './calls'
import type { Made, Mutation, NewRow, StockChange } from './changes'
import { availableOf, type Moments, type Row, type RowFacts } from './row'
import { SeededRows } from './seeded'

/** The generated VTEX catalog with which a company shares SKUs. */
interface SeededCatalog {
  /** Number of SKUs. */
  size: number
  seed: number
}

/**
 * A company that keeps stock in Centra: generated rows, and changes of them. Only changes take memory.
 */
export class Company {
  readonly seeded: SeededRows
  readonly seed: number
  readonly behaviour: CentraBehaviour = { ...DEFAULT_BEHAVIOUR }
  /** Counts of the requests to its API. */
  readonly calls = new Calls()
  private readonly changed = new Map<number, Row>()
  private added = 0
  private record: (made: Made) => void = () => {}
  private readonly listeners: (() => void)[] = []

  constructor({ size, seed }: SeededCatalog) {
    this.seed = seed
    this.seeded = new SeededRows(size, seed)
  }

  /** Number of rows, including removed ones: row numbers are below it. */
  get numbers(): number {
    return this.seeded.count + this.added
  }

  /** The row with a number, also a removed one. */
  rowAt(number: number): Row {
    return this.changed.get(number) ?? this.seeded.row(number)
  }

  /** The times of a row's changes; cheaper than the row itself. */
  momentsAt(number: number): Moments {
    return this.changed.get(number) ?? this.seeded.moments(number)
  }

  isRemoved(number: number): boolean {
    return this.changed.get(number)?.removed ?? false
  }

  /** Numbers of changed, added and removed rows, ascending. */
  changedNumbers(): number[] {
    return [...this.changed.keys()].sort((a, b) => a - b)
  }

  /** The number of an existing row by its id. */
  numberOf(stockItemId: number): number | undefined {
    const number = this.seeded.ids.numberOf(stockItemId)
    const exists = number !== undefined && number < this.numbers && !this.isRemoved(number)
    return exists ? number : undefined
  }

  /** The current row; undefined if there is none with this id. */
  row(stockItemId: number): Row | undefined {
    const number = this.numberOf(stockItemId)
    return number === undefined ? undefined : this.rowAt(number)
  }

  /** All rows, by their ids. */
  *rows(): Generator<Row> {
    for (let number = 0; number < this.numbers; number++) {
      if (!this.isRemoved(number)) yield this.rowAt(number)
    }
  }

  /** A row's last change, epoch milliseconds; undefined if it is as generated. */
  changedAt({ number }: Row): number | undefined {
    const row = this.changed.get(number)
    return row && Math.max(row.modified, row.stockModified)
  }

  /** Calls back after each change. */
  onChange(listener: () => void): void {
    this.listeners.push(listener)
  }

  /** Passes each change to `record`. */
  recordTo(record: (made: Made) => void): void {
    this.record = record
  }

  /** Allocates units to an order, all or none. */
  sell(stockItemId: number, units: number, at?: number): Row {
    return this.make({ change: 'sell', stockItemId, units }, at)
  }

  restock(stockItemId: number, units: number, at?: number): Row {
    return this.make({ change: 'restock', stockItemId, units }, at)
  }

  setStock(stockItemId: number, to: StockChange, at?: number): Row {
    return this.make({ change: 'setStock', stockItemId, to }, at)
  }

  setActive(stockItemId: number, active: boolean, at?: number): Row {
    return this.setFacts(stockItemId, { active }, at)
  }

  setEan(stockItemId: number, ean: string | null, at?: number): Row {
    return this.setFacts(stockItemId, { ean }, at)
  }

  setFacts(stockItemId: number, to: RowFacts, at?: number): Row {
    return this.make({ change: 'setFacts', stockItemId, to }, at)
  }

  addRow(to: NewRow, at?: number): Row {
    return this.make({ change: 'addRow', to }, at)
  }

  removeRow(stockItemId: number, at?: number): Row {
    return this.make({ change: 'removeRow', stockItemId }, at)
  }

  /**
   * Makes a change, with the current or a given time (epoch milliseconds); returns the changed row. Throws
   * `RefusedChange` for an unknown row or missing units.
   */
  make(mutation: Mutation, at = Date.now()): Row {
    const row = this.after(mutation, at)
    this.changed.set(row.number, row)
    if (mutation.change === 'addRow') this.added++
    this.record({ ...mutation, at })
    for (const listener of this.listeners) listener()
    return row
  }

  private after(mutation: Mutation, at: number): Row {
    if (mutation.change === 'addRow') return this.newRow(mutation.to, at)
    const row = this.known(mutation.stockItemId)
    switch (mutation.change) {
      case 'sell':
        if (mutation.units > availableOf(row)) {
          throw new RefusedChange(`row ${row.stockItemId} has ${availableOf(row)} units to sell`)
        }
        return { ...row, allocated: row.allocated + mutation.units, stockModified: at }
      case 'restock':
        return { ...row, physical: row.physical + mutation.units, stockModified: at }
      case 'setStock': {
        const {
          physicalStock: physical = row.physical,
          allocatedStock: allocated = row.allocated,
        } = mutation.to
        return { ...row, physical, allocated, stockModified: at }
      }
      case 'setFacts':
        return { ...row, ...mutation.to, modified: at }
      case 'removeRow':
        return { ...row, removed: true, modified: at }
    }
  }

  private newRow({ physicalStock = 10, ...facts }: NewRow, at: number): Row {
    const { ids } = this.seeded
    const number = this.numbers
    return {
      ...this.seeded.row(0),
      ...{ variantSku: '', sizeSku: null, size: 'ONE SIZE', ean: null, upc: null, active: true },
      ...facts,
      ...{ number, stockItemId: ids.stockItemId(number) },
      ...{ productId: ids.productId(number), variantId: ids.variantId(number) },
      ...{ product: `New ${number}`, physical: physicalStock, allocated: 0 },
      ...{ created: at, modified: at, stockModified: at },
    }
  }

  private known(stockItemId: number): Row {
    const row = this.row(stockItemId)
    if (!row) throw new RefusedChange(`there is no row ${stockItemId}`)
    return row
  }
}
