import { equals } from 'ramda'

/** What a page held when it was looked at. */
export interface Look<Row extends { stockItemId?: number | undefined }> {
  rows: Row[]
  /** The page after it; absent on the last one. */
  next?: string | undefined
}

/** How two neighbouring pages were read. */
export interface Crossing<L> {
  /** The page before, as it was seen last. */
  near: L
  /** The page after it; absent where `near` is the last one by now, or reading was stopped. */
  far?: L | undefined
  /** Whether a row may hide between the two. */
  isTorn: boolean
}

interface Pages<L> {
  /** Looks at the page before once more. */
  near(): Promise<L>
  /** Looks at the page after it. */
  far(page: string): Promise<L>
  /** Asked before each look at the page after, the first apart. */
  stops(): boolean
}

/** The ids of the rows that have one. */
export const rowIdsOf = ({ rows }: Look<{ stockItemId?: number | undefined }>): number[] =>
  rows.map(({ stockItemId }) => stockItemId).filter((id) => id !== undefined)

/**
 * Reads the page after a page so that no row hides between them: one that went from the page after to the page
 * before once that had been read. A row that did not change is taken to keep its place among those that did not
 * either. So nothing hides
 * - where the two pages share a row that is the same in both: one begins before the other ends;
 * - where the page before, looked at once more, holds the same rows: nothing moved over its end meanwhile.
 *
 * What came over its end is in the second look; then both are read again, until one of these holds.
 * @param first the page before, with a next one
 * @param most how often the page after is looked at, at most
 */
export async function cross<L extends Look<{ stockItemId?: number | undefined }>>(
  first: L,
  pages: Pages<L>,
  most: number
): Promise<Crossing<L>> {
  const seen = new SeenRows(first)
  let near = first
  let far: L | undefined
  for (let looks = 0; looks < most && near.next !== undefined; looks++) {
    if (looks > 0 && pages.stops()) return { near, isTorn: false }
    far = await pages.far(near.next)
    if (seen.touch(far)) return { near, far, isTorn: false }
    const again = await pages.near()
    if (equals(rowIdsOf(again), rowIdsOf(near))) return { near, far, isTorn: false }
    // Else rows went by in between that are in neither look.
    if (!seen.touch(again)) continue
    seen.add(again)
    near = again
    if (seen.touch(far)) return { near, far, isTorn: false }
  }
  return near.next === undefined ? { near, isTorn: false } : { near, far, isTorn: true }
}

/** Rows of looks that have a row in common with one another, so that none hides between them. */
class SeenRows {
  private readonly rows = new Map<number, unknown>()

  constructor(look: Look<{ stockItemId?: number | undefined }>) {
    this.add(look)
  }

  add({ rows }: Look<{ stockItemId?: number | undefined }>) {
    for (const row of rows) if (row.stockItemId !== undefined) this.rows.set(row.stockItemId, row)
  }

  /** A row that changed meanwhile may have moved. */
  touch({ rows }: Look<{ stockItemId?: number | undefined }>): boolean {
    return rows.some(
      (row) => row.stockItemId !== undefined && equals<unknown>(this.rows.get(row.stockItemId), row)
    )
  }
}
