import { z } from 'zod'
import { dayOf } from '../common/clock'
import type { Failure, OfferName } from '../offers/stockOffer'
import { type Documents, LostDocumentError, readWritten } from '../state/documents'
import { type BatchResult, failureSchema } from './batchResult'
import type { BatchReceipt } from './documentNames'
import type { Dependencies } from './engine'
import { offerName } from './exportAnswers'

/** The lists of a batch that reports show in pages. */
export type ListName = 'failures' | 'unmapped' | 'held'

const batchSchema = z.object({
  v: z.literal(1),
  exportId: z.string(),
  files: z.array(z.string()),
  failures: z.array(failureSchema),
  unmapped: z.array(failureSchema),
  held: z.array(offerName),
})

/** Where a batch is found, and how much of each list it has. */
export interface BatchIndex extends Record<ListName, number> {
  name: string
}

/** In the folder `batches`: by day, then by version. */
const prefixOf = (version: number) => `${dayOf(version)}/${version}~`

export const batchName = ({ version, uniqueId }: Pick<BatchReceipt, 'version' | 'uniqueId'>) =>
  `${prefixOf(version)}${uniqueId}`

/**
 * Saves what people may ask about a batch later: its files, and the whole of its lists. Receipts are removed earlier,
 * and a report has the first items only.
 */
export async function saveBatch(
  documents: Documents,
  batch: Pick<BatchReceipt, 'exportId' | 'version' | 'uniqueId'>,
  { offers, failures, unmapped, held }: BatchResult,
  files: readonly string[]
): Promise<void> {
  if (offers.length + failures.length + unmapped.length + held.length === 0) return
  const document = { v: 1, exportId: batch.exportId, files, failures, unmapped, held }
  await documents.save('batches', batchName(batch), document)
}

/** Adds what an import brought to a saved batch. */
export async function amendBatch(
  engine: Pick<Dependencies, 'documents' | 'clock'>,
  batch: Pick<BatchReceipt, 'exportId' | 'version' | 'uniqueId'>,
  { files, failures }: { files: readonly string[]; failures: readonly Failure[] }
): Promise<void> {
  const name = batchName(batch)
  const { exportId } = batch
  // VBase may return late what was saved a moment ago: its other lists are written again.
  const saved = await readWritten(engine, 'batches', name, batchSchema).catch((thrown: unknown) => {
    if (thrown instanceof LostDocumentError) return { unmapped: [], held: [] }
    throw thrown
  })
  await engine.documents.save('batches', name, { v: 1, ...saved, exportId, files, failures })
}

/** The export and the files of the batch of a version; undefined if it is too long ago. */
export async function batchOf(documents: Documents, version: number) {
  for (const name of await documents.list('batches', prefixOf(version))) {
    const { data } = batchSchema.safeParse(await documents.read('batches', name))
    if (data) return { exportId: data.exportId, files: data.files }
  }
  return undefined
}

/** Some items of a list of an export, from a place on. */
export async function itemsOf<Name extends ListName>(
  documents: Documents,
  batches: readonly BatchIndex[],
  list: Name,
  { after, limit }: { after: number; limit: number }
): Promise<Array<Name extends 'held' ? OfferName : Failure>> {
  const items: Array<Failure | OfferName> = []
  let place = 0
  for (const { name, [list]: count } of batches) {
    const first = place
    place += count
    if (place <= after || first >= after + limit) continue
    const { data } = batchSchema.safeParse(await documents.read('batches', name))
    for (const item of (data?.[list] ?? []).slice(Math.max(0, after - first))) {
      if (items.length < limit) items.push(item)
    }
  }
  return items as Array<Name extends 'held' ? OfferName : Failure>
}
