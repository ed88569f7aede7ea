import { z } from 'zod'

import { stampText } from '../exports/clock'
import type { RowAgain } from '../sources/source'
import type { Documents } from '../state/documents'
import { momentOf } from './names'

/**
 * So many readings select each change: rows go to other pages while they are read, and nothing that Centra documents
 * proves a reading whole.
 */
const READINGS = 3

/** Earlier ones are kept for so long: a listing may not show the latest at once. */
const KEPT_MS = 3_600_000

/** How far Centra was read. */
export interface Watermark {
  /**
   * When the reading began, UTC milliseconds. Of the latest watermark: from when on changes are to be read, which is
   * when the reading two before it began, or the first.
   */
  at: number
  /** Rows that could not be read, and are to be asked for once more. */
  again: RowAgain[]
  /** How many rows there were when all were read last. */
  rows: number
}

const watermarkSchema = z.object({
  v: z.literal(1),
  again: z.array(z.object({ rowId: z.number(), attempts: z.number() })),
  rows: z.number(),
})

/** Watermarks belong to the settings that say which Centra it is. */
const prefixOf = (fingerprint: string) => `${fingerprint}~`

/**
 * The latest watermark with these settings; undefined where there is none, or none that can be read: then all
 * has to be.
 * @throws {StateError}
 */
export async function latestWatermark(
  documents: Documents,
  fingerprint: string
): Promise<Watermark | undefined> {
  const names = (await documents.list('watermarks', prefixOf(fingerprint))).slice(-READINGS)
  const [oldest = ''] = names
  const latest = names[names.length - 1]
  if (latest === undefined) return undefined
  const at = momentOf(oldest.split('~')[1] ?? '')
  const { data } = watermarkSchema.safeParse(await documents.read('watermarks', latest))
  return at !== undefined && data ? { at, again: data.again, rows: data.rows } : undefined
}

/** Saves a watermark, under a name that sorts by its moment. @throws {StateError} */
export async function saveWatermark(
  documents: Documents,
  fingerprint: string,
  exportId: string,
  { at, again, rows }: Watermark
): Promise<void> {
  const prefix = prefixOf(fingerprint)
  await documents.save('watermarks', `${prefix}${stampText(at)}~${exportId}`, { v: 1, again, rows })
  const names = await documents.list('watermarks')
  const own = names.filter((name) => name.startsWith(prefix))
  const superseded = own
    .slice(0, -READINGS)
    .filter((name) => name < prefix + stampText(at - KEPT_MS))
  const others = names.filter((name) => !name.startsWith(prefix))
  for (const name of [...others, ...superseded]) await documents.remove('watermarks', name)
}
