import { equals } from 'ramda'

import type { Entry, Observed } from './centraPages'

/** A page that was looked at, maybe not for the first time. */
interface Seen {
  rows: readonly Entry[]
  observedAt: number
}

/** Tells of rows what was not told yet: a page is looked at more than once, and rows come on several. */
export class TellingRows {
  private readonly told = new Map<number, Entry>()

  constructor(private readonly entries: Array<Observed<Entry>>) {}

  /** How many rows with an id were told or left out. */
  get rows(): number {
    return this.told.size
  }

  /** Takes rows for told. */
  leaveOut({ rows }: Seen, rowIds: ReadonlySet<number>): void {
    for (const row of rows) {
      if (row.stockItemId !== undefined && rowIds.has(row.stockItemId))
        this.told.set(row.stockItemId, row)
    }
  }

  /** Tells of the rows that have an id. */
  tell({ rows, observedAt }: Seen): void {
    for (const entry of rows) {
      const { stockItemId } = entry
      if (stockItemId === undefined || equals(this.told.get(stockItemId), entry)) continue
      this.told.set(stockItemId, entry)
      this.entries.push({ entry, observedAt })
    }
  }

  /** Tells of those that have none: nobody can say whether two of them are the same. */
  tellNameless({ rows, observedAt }: Seen): void {
    for (const entry of rows) {
      if (entry.stockItemId === undefined) this.entries.push({ entry, observedAt })
    }
  }
}
