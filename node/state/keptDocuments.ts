import { z } from 'zod'

import type { Documents, Folder } from './documents'

/** Ids are below 2^53: sixteen digits. */
export const nameOf = (from: number) => String(from).padStart(16, '0')

/** Values are checked one by one, when they are asked for: most of a document's may be of no interest. */
const documentSchema = z.object({
  v: z.literal(1),
  entries: z.array(z.tuple([z.number(), z.unknown()])),
})

/** What a document says, by id; not checked. */
export type Entries = ReadonlyMap<number, unknown>

/** The document named by `from` speaks of the ids from there up to the next document's. */
export interface IdRange {
  from: number
  to: number
}

/** The ranges of the documents of a folder: together all ids there are. */
export function rangesOf(names: readonly string[]): IdRange[] {
  const starts = [...new Set([0, ...names.map(Number).filter(Number.isSafeInteger)])]
  starts.sort((a, b) => a - b)
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? Number.POSITIVE_INFINITY }))
}

/** @throws {StateError} */
export async function entriesOf(
  documents: Documents,
  folder: Folder,
  range: IdRange
): Promise<Entries> {
  const { data } = documentSchema.safeParse(await documents.read(folder, nameOf(range.from)))
  // Beyond its range are leftovers of a split that did not get to its end.
  return new Map(data?.entries.filter(([id]) => id >= range.from && id < range.to) ?? [])
}

/**
 * Goes through all that is kept in a folder, one document in memory at a time, by ascending ids. What cannot be
 * understood is not kept.
 * @throws {StateError}
 */
export async function* walkKept<T>(
  documents: Documents,
  folder: Folder,
  schema: z.ZodType<T>
): AsyncGenerator<readonly [number, T]> {
  for (const range of rangesOf(await documents.list(folder))) {
    for (const [id, value] of await entriesOf(documents, folder, range)) {
      const { data } = schema.safeParse(value)
      if (data !== undefined) yield [id, data]
    }
  }
}
