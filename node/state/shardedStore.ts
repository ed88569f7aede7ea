import { splitEvery } from 'ramda'
import { z } from 'zod'
import { forEachConcurrently } from '../common/concurrency'
import { type Documents, type Folder, longListOf, UnreadableDocumentError } from './documents'

/** A document with more entries is split. */
const MAX_ENTRIES = 6_000
const AFTER_SPLIT = 5_000
/** Documents that stay in memory, so that rewriting them needs no second read. */
const HELD = 6
const SAVES_AT_A_TIME = 8
/** A document may hold some megabytes. */
const READS_AT_A_TIME = 4

/**
 * Values by positive integer ids, in documents of neighbouring ids, so that a thousand neighbours need few calls. The
 * documents are rewritten, and concurrent writers may lose values: nothing may depend on a value being present or up to
 * date. Memory holds the requested values and a few documents.
 */
export class ShardedStore<T> {
  private readonly asked = new Map<number, T | undefined>()
  private readonly changed = new Map<number, T>()
  private readonly held = new Map<IdRange, Entries>()

  private constructor(
    private readonly documents: Documents,
    private readonly folder: Folder,
    private readonly schema: z.ZodType<T>,
    private readonly ranges: readonly IdRange[]
  ) {}

  /** Reads the values of some ids, in any order; skips those that do not match the schema. */
  static async open<T>(
    documents: Documents,
    folder: Folder,
    schema: z.ZodType<T>,
    ids: Iterable<number>
  ): Promise<ShardedStore<T>> {
    const ranges = rangesOf(await documents.list(folder))
    const opened = new ShardedStore(documents, folder, schema, ranges)
    await opened.read(ids)
    return opened
  }

  async read(ids: Iterable<number>): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.asked.has(id))
    await forEachConcurrently(this.byRange(wanted), READS_AT_A_TIME, async ([range, group]) => {
      const entries = await this.document(range)
      for (const id of group) this.asked.set(id, this.parsed(entries.get(id)))
    })
  }

  get(id: number): T | undefined {
    return this.changed.get(id) ?? this.asked.get(id)
  }

  set(id: number, value: T) {
    this.changed.set(id, value)
  }

  /** Saves the documents with changed values; the last call. @param keeps false for values in them to drop */
  async save(keeps: (value: T) => boolean): Promise<void> {
    const groups = this.byRange(this.changed.keys())
    await forEachConcurrently(groups, SAVES_AT_A_TIME, ([range, ids]) =>
      this.rewrite(range, ids, keeps)
    )
  }

  private async rewrite(range: IdRange, ids: readonly number[], keeps: (value: T) => boolean) {
    const entries = new Map(await this.document(range))
    for (const id of ids) entries.set(id, undefined)
    const left = [...entries]
      .flatMap(([id, entry]) => {
        const value = this.changed.get(id) ?? this.parsed(entry)
        return value !== undefined && keeps(value) ? [[id, value] as const] : []
      })
      .sort(([a], [b]) => a - b)
    // The last piece first: until the first one is written, the old document still has everything.
    for (const [index, piece] of [...split(left).entries()].reverse()) {
      const name = nameOf(index === 0 ? range.from : (piece[0]?.[0] ?? range.from))
      await this.documents.save(this.folder, name, { v: 1, entries: piece })
    }
  }

  private parsed(value: unknown): T | undefined {
    return this.schema.safeParse(value).data
  }

  /** A broken document counts as absent, and is rewritten: it must not stop every run. */
  private async document(range: IdRange): Promise<Entries> {
    const held = this.held.get(range)
    if (held) return held
    const name = nameOf(range.from)
    const document = await this.documents.read(this.folder, name).catch((thrown: unknown) => {
      if (thrown instanceof UnreadableDocumentError) return null
      throw thrown
    })
    const { entries: found = [] } = documentSchema.safeParse(document).data ?? {}
    // Ids beyond the range are left over from an unfinished split.
    const entries = new Map(found.filter(([id]) => id >= range.from && id < range.to))
    if (this.held.size < HELD) this.held.set(range, entries)
    return entries
  }

  private byRange(ids: Iterable<number>): Map<IdRange, number[]> {
    const groups = new Map<IdRange, number[]>()
    let index = 0
    for (const id of [...ids].sort((a, b) => a - b)) {
      while ((this.ranges[index]?.to ?? Number.POSITIVE_INFINITY) <= id) index++
      const range = this.ranges[index]
      if (!range) continue
      const group = groups.get(range) ?? []
      group.push(id)
      groups.set(range, group)
    }
    return groups
  }
}

function split<T>(entries: ReadonlyArray<T>): T[][] {
  if (entries.length <= MAX_ENTRIES) return [[...entries]]
  const count = Math.ceil(entries.length / AFTER_SPLIT)
  return splitEvery(Math.ceil(entries.length / count), entries)
}

/** Ids are below 2^53: sixteen digits. */
const nameOf = (from: number) => String(from).padStart(16, '0')

const isEntry = (value: unknown) => Array.isArray(value) && typeof value[0] === 'number'

/** Values are checked when they are requested: most of a document may not be needed. */
const documentSchema = z.object({
  v: z.literal(1),
  entries: longListOf<[number, unknown]>(isEntry),
})

/** The unchecked values of a document by id. */
type Entries = ReadonlyMap<number, unknown>

/** The ids of one document: from its name up to the name of the next one. */
interface IdRange {
  from: number
  to: number
}

/** The ranges of the documents of a folder; together they cover all ids. */
function rangesOf(names: readonly string[]): IdRange[] {
  const starts = [...new Set([0, ...names.map(Number).filter(Number.isSafeInteger)])]
  starts.sort((a, b) => a - b)
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? Number.POSITIVE_INFINITY }))
}
