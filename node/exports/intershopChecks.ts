import { describe } from '../common/errors'
import type { ImportingPublisher, Publisher } from '../delivery/publisher'
import { parseStarted } from '../published/receipt'
import { type Documents, StateError } from '../state/documents'
import { type BatchReceipt, receiptNames } from './documentNames'
import type { QueueSnapshot } from './queue'
import { counted } from './receipts'
import type { Report } from './report'

/** Offers that are read back, and batches that they are taken from, at most. */
const MOST_OFFERS = 200
const MOST_BATCHES = 20

/** What was found at Intershop at the end of an export. */
export type Seen = Pick<Report, 'publisherCheck' | 'verified'>
type PublisherCheck = NonNullable<Seen['publisherCheck']>
type Verified = NonNullable<Seen['verified']>

/** Checks whether offers could be published; a publisher that cannot is a result. */
export async function checkPublisher(open: () => Promise<Publisher>): Promise<PublisherCheck> {
  let publisher: Publisher | undefined
  try {
    publisher = await open()
    return { status: 'ok', message: await publisher.check() }
  } catch (thrown) {
    if (thrown instanceof StateError) throw thrown
    return { status: 'failed', ...describe(thrown) }
  } finally {
    await publisher?.close()
  }
}

/** Reads back a sample of what an export sent. If Intershop does not answer, that is a result. */
export async function verifyImported(
  documents: Documents,
  queue: QueueSnapshot,
  exportId: string,
  stockOf: ImportingPublisher['stockOf']
): Promise<Verified> {
  try {
    const sample = await sampleOf(documents, queue, exportId)
    const found = await stockOf(sample.map(({ offerSku }) => offerSku))
    const differing = sample
      .map((offer) => ({ ...offer, found: found.get(offer.offerSku) }))
      .filter((offer) => (offer.found ?? 0) !== offer.sent)
    return { compared: sample.length, differing }
  } catch (thrown) {
    if (thrown instanceof StateError) throw thrown
    return { compared: 0, differing: [], error: describe(thrown) }
  }
}

/** Offers of all parts of the catalog, without SKUs that another export may have sent since. */
async function sampleOf(documents: Documents, queue: QueueSnapshot, exportId: string) {
  const all = counted(queue, exportId)
    .filter(({ state, offers }) => state === 'committed' && offers > 0)
    .sort((a, b) => a.firstSku - b.firstSku)
  const batches = spread(all, MOST_BATCHES)
  const samples = await Promise.all(
    batches.map(async (batch) => {
      const path = receiptNames.build({ ...batch, state: 'started' })
      const { sent = [] } = parseStarted(await documents.read('receipts', path)) ?? {}
      const newer = queue.deliveries.filter((other) => mayReplace(other, batch))
      const isCurrent = ({ skuId }: { skuId: number }) =>
        newer.every(({ firstSku, lastSku }) => skuId < firstSku || lastSku < skuId)
      return spread(sent.filter(isCurrent), Math.floor(MOST_OFFERS / batches.length))
    })
  )
  return samples.flat().map(({ skuId, sellerId, offerSku, quantity: sent }) => {
    return { skuId, sellerId, offerSku, sent }
  })
}

const mayReplace = (other: BatchReceipt, { exportId, version }: BatchReceipt) =>
  other.exportId !== exportId && other.version > version && !other.dry && other.offers > 0

/** At most so many of a list, at even distances. */
function spread<T>(list: readonly T[], most: number): T[] {
  const place = (index: number) => Math.floor((index * most) / list.length)
  return list.filter((_, index) => list.length <= most || place(index) > place(index - 1))
}

/** A report with what was found at Intershop. */
export function withSeen(report: Report, { publisherCheck, verified }: Seen): Report {
  const notes = [publisherCheck && checkNote(publisherCheck), verified && verifyNote(verified)]
  const all = [...report.notes, ...notes.filter((note) => note !== undefined)]
  return { ...report, publisherCheck, verified, notes: all }
}

const checkNote = ({ status, message }: PublisherCheck): string =>
  status === 'ok'
    ? `publisher check: ${message}`
    : `publisher check failed, so offers would not have been published: ${message}`

const verifyNote = ({ compared, differing, error }: Verified): string =>
  error
    ? `verify: Intershop's stock could not be read: ${error.message}`
    : `verify: ${differing.length} of ${compared} offers differ from what was sent`
