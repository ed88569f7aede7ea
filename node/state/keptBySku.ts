import { z } from 'zod'

import type { Documents, Folder } from './documents'

/** A document with more entries than this is split. */
const MOST = 4_000
const AFTER_SPLIT = 3_000
/** SKU ids are below 2^53: sixteen digits. */
const nameOf = (from: number) => String(from).padStart(16, '0')

/** The document named by `from` speaks of the ids from there up to the next document's. */
interface Range {
  from: number
  to: number
}

/**
 * Values by SKU id, kept in documents of neighbouring ids: an export that goes through N sorted ids reads
 * and writes a few documents for each thousand. The documents are rewritten: two writers at once may lose
 * what one of them wrote, so nothing may depend on a value being there or being the latest.
 */
export class KeptBySku<T> {
  private readonly changed = new Set<number>()

  private constructor(
    private readonly documents: Documents,
    private readonly folder: Folder,
    private readonly ranges: readonly Range[],
    private readonly entries: Map<number, T>
  ) {}

  /**
   * Reads what is kept of the ids from `first` to `last`. What cannot be understood is not kept.
   * @throws {StateError}
   */
  static async open<T>(
    documents: Documents,
    folder: Folder,
    schema: z.ZodType<T>,
    first: number,
    last: number
  ): Promise<KeptBySku<T>> {
    const shape = z.object({ v: z.literal(1), entries: z.array(z.tuple([z.number(), schema])) })
    const ranges = rangesOf(await documents.list(folder)).filter(
      ({ from, to }) => from <= last && to > first
    )
    const entries = new Map<number, T>()
    for (const { from, to } of ranges) {
      const { data } = shape.safeParse(await documents.read(folder, nameOf(from)))
      // Beyond its range are leftovers of a split that did not get to its end.
      for (const [id, value] of data?.entries ?? [])
        if (id >= from && id < to) entries.set(id, value)
    }
    return new KeptBySku(documents, folder, ranges, entries)
  }

  get(skuId: number): T | undefined {
    return this.entries.get(skuId)
  }

  set(skuId: number, value: T) {
    this.entries.set(skuId, value)
    this.changed.add(skuId)
  }

  /**
   * Saves the documents in which something was set.
   * @param keeps what of the rest is still worth keeping
   * @throws {StateError}
   */
  async save(keeps: (value: T) => boolean): Promise<void> {
    const changed = [...this.changed]
    const sorted = [...this.entries].filter(([, value]) => keeps(value)).sort(([a], [b]) => a - b)
    for (const { from, to } of this.ranges) {
      if (!changed.some((id) => id >= from && id < to)) continue
      const pieces = split(sorted.filter(([id]) => id >= from && id < to))
      // The last first: until the first piece is written, the document as it was still has everything.
      for (const [index, piece] of [...pieces.entries()].reverse()) {
        const name = nameOf(index === 0 ? from : (piece[0]?.[0] ?? from))
        await this.documents.save(this.folder, name, { v: 1, entries: piece })
      }
    }
    this.changed.clear()
  }
}

function rangesOf(names: readonly string[]): Range[] {
  const starts = [...new Set([0, ...names.map(Number).filter(Number.isSafeInteger)])]
  starts.sort((a, b) => a - b)
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? Number.POSITIVE_INFINITY }))
}

function split<T>(entries: ReadonlyArray<readonly [number, T]>) {
  if (entries.length <= MOST) return [entries]
  const count = Math.ceil(entries.length / AFTER_SPLIT)
  const size = Math.ceil(entries.length / count)
  return Array.from({ length: count }, (_, index) =>
    entries.slice(index * size, (index + 1) * size)
  )
}
