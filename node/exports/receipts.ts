import { prefetch } from '../common/concurrency'
import type { Receipt } from '../published/receipt'
import { type PageCursor, SOURCES, type SourceName } from '../sources/source'
import { type Documents, readWritten } from '../state/documents'
import { batchName } from './batches'
import { type CommittedDocument, committedSchema } from './batchResult'
import { countedBatches } from './conflicts'
import { type BatchReceipt, receiptNames } from './documentNames'
import type { Dependencies } from './engine'
import { findExport, type QueueReader, type QueueSnapshot } from './queue'

const READS_AT_A_TIME = 8

/** A committed batch and the source that it was read from. */
export interface CommittedBatch extends CommittedDocument {
  source: SourceName
  /** In the folder `batches`. */
  name: string
}

/** The receipts that count for an export. Without readable settings, each source's batches of its latest basis count. */
export function counted(
  queue: Pick<QueueSnapshot, 'deliveries' | 'exports'>,
  exportId: string
): BatchReceipt[] {
  const { deliveries } = queue
  const state = findExport(queue, exportId)
  const bases = state?.planned ? state.sources : lastBases(deliveries, exportId)
  return bases.flatMap(({ source, basis }) => countedBatches(exportId, source, basis, deliveries))
}

const lastBases = (deliveries: QueueSnapshot['deliveries'], exportId: string) =>
  SOURCES.map((source) => {
    const [latest] = deliveries
      .filter((receipt) => receipt.exportId === exportId && receipt.source === source)
      .sort((a, b) => b.version - a.version)
    return { source, basis: latest?.basis ?? '' }
  })

/**
 * The committed batches of an export.
 * @param isWhole false: leaves out what cannot be read, for a report of an export that is running or not completed
 * @throws {LostDocumentError}
 */
export async function batchesOf(
  deps: Pick<Dependencies, 'documents' | 'clock'>,
  queue: QueueSnapshot,
  exportId: string,
  { isWhole }: { isWhole: boolean }
): Promise<CommittedBatch[]> {
  const read = async (path: string) =>
    isWhole
      ? readWritten(deps, 'receipts', path, committedSchema)
      : committedSchema.safeParse(await deps.documents.read('receipts', path)).data
  const batchOf = async (receipt: BatchReceipt) => {
    const path = receiptNames.build(receipt)
    const document = queue.ownDeliveries.get(path) ?? (await read(path))
    return document && { source: receipt.source, name: batchName(receipt), ...document }
  }
  const found: CommittedBatch[] = []
  const batches = prefetch(counted(queue, exportId), batchOf, READS_AT_A_TIME)
  for await (const batch of batches) if (batch) found.push(batch)
  return found
}

/** Where a source continues that is read by pages, if that is known. @param page at which the batch before ends */
export async function cursorAt(
  documents: Documents,
  queue: QueueSnapshot,
  exportId: string,
  page: number
): Promise<PageCursor | undefined> {
  const isBefore = ({ source, to }: BatchReceipt) => source === 'centra' && to === page
  const before = counted(queue, exportId).find(isBefore)
  const document = before && (await documents.read('receipts', receiptNames.build(before)))
  return committedSchema.safeParse(document).data?.cursor
}

/** Saves what became of a batch. */
export async function saveOutcome(
  { log }: Pick<Dependencies, 'log'>,
  reader: QueueReader,
  receipt: BatchReceipt,
  document: CommittedDocument
): Promise<void> {
  const path = receiptNames.build(receipt)
  await reader.save('receipts', path, document)
  reader.ownDeliveries.set(path, document)
  const { exportId, source, from } = receipt
  const { sent, held, failed, unmapped } = document.counts
  const { drop } = document
  const [firstFile] = document.files
  const shown = {
    ...{ sent, held, failed, unmapped, files: document.files.length },
    ...(firstFile && { firstFile }),
    ...(drop && { dropFiles: drop.files, dropOldestAgeSeconds: drop.oldestAgeSeconds }),
  }
  log.info('batch.published', { exportId, source, from, ...shown })
}

/** The unique id of a batch. */
export const receiptId = ({ version, uniqueId }: Pick<BatchReceipt, 'version' | 'uniqueId'>) =>
  `${version}~${uniqueId}`

/** The receipts that the ledger reads, built from document names alone. */
export function receiptsOf(deliveries: readonly BatchReceipt[]): Receipt[] {
  const receipts = new Map<string, Receipt>()
  for (const delivery of deliveries) {
    const { version, readAfter, dry, state, offers, firstSku, lastSku } = delivery
    if (dry || offers === 0) continue
    const id = receiptId(delivery)
    const isCommitted = state === 'committed' || receipts.get(id)?.isCommitted === true
    receipts.set(id, {
      ...{ id, version, readAfter, isCommitted, firstSku, lastSku, offers },
      // A function, because most receipts are never read.
      path: () => receiptNames.build({ ...delivery, state: 'started' }),
    })
  }
  return [...receipts.values()]
}
