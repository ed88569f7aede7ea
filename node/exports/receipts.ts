import pLimit from 'p-limit'
import type { Failure } from '../offers/stockOffer'
import type { Receipt } from '../published/receipt'
import { type PageCursor, SOURCES, type SourceName } from '../sources/source'
import { type CommittedDocument, committedSchema } from './batchResult'
import { countedBatches } from './conflicts'
import { type BatchReceipt, receiptPath } from './documentNames'
import type { Dependencies } from './engine'
import type { QueueSnapshot } from './queue'
import { readWritten } from './readWritten'

type Reading = Pick<Dependencies, 'documents' | 'clock'>

/** What became of a part, and where it was read. */
export interface CommittedBatch extends CommittedDocument {
  source: SourceName
}

/**
 * The deliveries that count for an export. With settings that cannot be read, what was delivered under the
 * last ones that could still counts.
 */
function counted({ deliveries, exports }: QueueSnapshot, exportId: string): BatchReceipt[] {
  const state = exports.find((each) => each.exportId === exportId)
  const bases = state?.planned ? state.sources : lastBases(deliveries, exportId)
  return bases.flatMap(({ source, basis }) => countedBatches(exportId, source, basis, deliveries))
}

const lastBases = (deliveries: QueueSnapshot['deliveries'], exportId: string) =>
  SOURCES.map((source) => {
    const [latest] = deliveries
      .filter((delivery) => delivery.exportId === exportId && delivery.source === source)
      .sort((a, b) => b.version - a.version)
    return { source, basis: latest?.basis ?? '' }
  })

/** Versions of the batches of a source of an export. */
export const versionsOf = (line: QueueSnapshot, exportId: string, name: SourceName): number[] =>
  counted(line, exportId)
    .filter(({ source }) => source === name)
    .map(({ version }) => version)

/** What was delivered of an export. @throws {StateError} {@link LostDocumentError} */
export async function allBatches(
  engine: Reading,
  line: QueueSnapshot,
  exportId: string
): Promise<CommittedBatch[]> {
  const limit = pLimit(8)
  const read = async (delivery: BatchReceipt) => {
    const path = receiptPath(delivery)
    const own = line.ownDeliveries.get(path)
    const document = own ?? (await readWritten(engine, 'receipts', path, committedSchema))
    return { source: delivery.source, ...document }
  }
  return Promise.all(counted(line, exportId).map((delivery) => limit(() => read(delivery))))
}

/** What can be read of it: enough for an export that is not, or never, at its end. @throws {StateError} */
export async function readableBatches(
  { documents }: Reading,
  line: QueueSnapshot,
  exportId: string
): Promise<CommittedBatch[]> {
  const limit = pLimit(8)
  const read = async (delivery: BatchReceipt) => {
    const { source } = delivery
    const { data } = committedSchema.safeParse(
      await documents.read('receipts', receiptPath(delivery))
    )
    return data && { source, ...data }
  }
  const found = await Promise.all(
    counted(line, exportId).map((delivery) => limit(() => read(delivery)))
  )
  return found.filter((delivery) => delivery !== undefined)
}

/**
 * Where the reading of a source goes on that is read by pages; undefined where that is not known any more.
 * @param page what was delivered before ends there
 * @throws {StateError}
 */
export async function cursorAt(
  { documents }: Reading,
  line: QueueSnapshot,
  exportId: string,
  page: number
): Promise<PageCursor | undefined> {
  const before = counted(line, exportId).find(
    ({ source, to }) => source === 'centra' && to === page
  )
  if (!before) return undefined
  const document = await documents.read('receipts', receiptPath(before))
  return committedSchema.safeParse(document).data?.cursor
}

/** What could not be read of a source. @throws {StateError} {@link LostDocumentError} */
export async function failuresOf(
  engine: Reading,
  line: QueueSnapshot,
  exportId: string,
  source: SourceName
): Promise<Failure[]> {
  const all = await allBatches(engine, line, exportId)
  return all.filter((each) => each.source === source).flatMap(({ failures }) => failures)
}

/** Tells batches apart. */
export const receiptId = ({ version, uniqueId }: Pick<BatchReceipt, 'version' | 'uniqueId'>) =>
  `${version}~${uniqueId}`

/** What batches tell the ledger, as far as their documents' names say. */
export function receiptsOf(deliveries: readonly BatchReceipt[]): Receipt[] {
  const receipts = new Map<string, Receipt>()
  for (const delivery of deliveries) {
    const { version, readAfter, dry, state, offers, firstSku, lastSku } = delivery
    if (dry || offers === 0) continue
    const id = receiptId(delivery)
    const isCommitted = state === 'committed' || receipts.get(id)?.isCommitted === true
    receipts.set(id, {
      ...{ id, version, readAfter, isCommitted, firstSku, lastSku, offers },
      // Most are never read: their names are not made.
      path: () => receiptPath({ ...delivery, state: 'started' }),
    })
  }
  return [...receipts.values()]
}
