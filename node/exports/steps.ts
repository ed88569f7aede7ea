import { sum, values } from 'ramda'
import { type FilePublisher, SupersededError } from '../delivery/publisher'
import type { Started } from '../published/entry'
import type { Ledger } from '../published/ledger'
import { startedDocument } from '../published/receipt'
import type { Settings } from '../settings/settings'
import type { SourceName } from '../sources/source'
import type { Lease } from '../state/lease'
import { saveBatch } from './batches'
import { type BatchResult, committedDocument, publishedUnder, startedOf } from './batchResult'
import type { BatchReceipt, Range } from './documentNames'
import type { Dependencies } from './engine'
import { Imports } from './imports'
import { type QueueReader, type QueueSnapshot, requestOf } from './queue'
import type { ReadAhead } from './readAhead'
import { receiptId, receiptsOf, saveOutcome, saveReceipt } from './receipts'
import { BatchReader } from './runBatch'

/** The name of a batch, whether or not it is committed. */
type BatchName = Omit<BatchReceipt, 'state'>

/** The step that reads a batch and publishes it. */
export class BatchStep {
  constructor(
    private readonly engine: Dependencies,
    private readonly reader: QueueReader,
    private readonly lease: Lease,
    private readonly settings: Settings,
    private readonly around: {
      ledger: Ledger
      /** Connects once in a run. */
      publisher(): Promise<FilePublisher | Imports>
      ahead: ReadAhead
    }
  ) {}

  /**
   * Reads a batch, publishes it and saves its receipt. A batch without a committed receipt is read again: what a worker
   * that died had read is never published.
   * @param isWhole whether the ledger surely has everything that was sent
   * @param ms how long reading may take
   * @param until when it stops waiting for imports, UTC milliseconds
   * @returns whether it read a batch, and whether the ledger has anything new
   * @throws {SupersededError} where another worker went on
   */
  async read(
    queue: QueueSnapshot,
    exportId: string,
    source: SourceName,
    range: Range,
    { isWhole, ms, until }: { isWhole: boolean; ms: number; until: number }
  ): Promise<{ isRead: boolean; isSent: boolean }> {
    const { clock } = this.engine
    const { dry } = requestOf(queue, exportId)
    // Before reading: a server that is down costs no requests to the sources.
    const connectedFrom = clock.now()
    const publisher = dry ? undefined : await this.around.publisher()
    await publisher?.connect()
    const left = ms - (clock.now() - connectedFrom)
    const isImporting = publisher instanceof Imports
    // One worker waits for an import.
    if (isImporting && !(await this.lease.isHeld())) throw new SupersededError()
    // An import that ended adds a receipt: read the queue again.
    if (isImporting && !(await publisher.isClear(until))) return { isRead: false, isSent: true }
    // Meanwhile sources are read, so that the listing costs no time.
    const listing = isImporting ? undefined : publisher?.drop?.()
    const ledger = this.around.ledger.at(receiptsOf(queue.deliveries))
    const batches = new BatchReader(this.engine, this.reader, this.settings)
    const { ahead } = this.around
    const begun = ahead.take()
    const reading = begun
      ? await batches.upToDate(await begun, ledger)
      : await batches.read(queue, exportId, source, range, { ledger, ms: left })
    const { name } = reading
    ahead.begin(batches, queue, reading, range.to, ledger)
    const part = await batches.compare(queue, reading, { ledger, isWhole })
    const started = startedOf(part, publishedUnder(this.settings, this.engine))
    const summary = {
      ...{ zeroed: part.newlyZero, skus: part.skus, ...summaryOf(started) },
      ...(part.heldChange &&
        sum(values(part.heldChange).map(Math.abs)) > 0 && { held: part.heldChange }),
    }
    const batch = { ...name, ...summary, worker: this.lease.owner, dry }
    const drop = await listing
    const files = await this.publish(batch, part, started)
    if (files) {
      const receipt: BatchReceipt = { ...batch, state: 'committed' }
      await saveBatch(this.engine.documents, batch, part, files)
      await saveOutcome(this.engine, this.reader, receipt, {
        ...this.committed(part, files, dry),
        ...(drop && { drop }),
      })
    } else if (isImporting) await publisher.settle(until)
    return { isRead: true, isSent: !dry && batch.offers > 0 }
  }

  private committed(part: BatchResult, files: string[], dry: boolean) {
    const { clock, traffic } = this.engine
    return committedDocument(part, files, traffic(), clock.now(), dry)
  }

  /**
   * A batch without offers needs the lease too, or two workers would go on with the same export. Receipts of others are
   * looked for straight before each file is renamed, or an import started.
   * @returns the files; undefined where the outcome of an import is not known yet
   */
  private async publish(
    batch: BatchName,
    part: BatchResult,
    started: Started
  ): Promise<string[] | undefined> {
    const { offers } = part
    const mayCommit = async () =>
      (await this.lease.isMine()) && (await this.reader.stillDeliverable(batch))
    if (!(await this.lease.isHeld())) throw new SupersededError()
    if (batch.dry || batch.offers === 0) return []
    if (await this.reader.isCancelled(batch.exportId)) throw new SupersededError()
    // A write-ahead log: if this worker dies or stops for a while, the others know what it may have sent.
    const receipt: BatchReceipt = { ...batch, state: 'started' }
    await saveReceipt(this.engine.documents, this.reader, receipt, startedDocument(started))
    this.around.ledger.keep({ id: receiptId(batch), offers: batch.offers }, started)
    if (offers.length === 0) return []
    const publisher = await this.around.publisher()
    if (publisher instanceof Imports) {
      await saveBatch(this.engine.documents, batch, part, [])
      await publisher.start(
        { started: receipt, offers, committed: this.committed(part, [], false) },
        mayCommit
      )
      return undefined
    }
    return publisher.publish({ version: batch.version, offers }, mayCommit)
  }
}

/** What the names of a batch's receipts say of its offers. */
function summaryOf(started: Started): Pick<BatchReceipt, 'offers' | 'firstSku' | 'lastSku'> {
  let offers = 0
  let firstSku = Number.POSITIVE_INFINITY
  let lastSku = 0
  const { sent, held, dismissed = [], shared, taken } = started
  for (const all of [sent, held, dismissed, shared, taken]) {
    offers += all.length
    for (const { skuId } of all) {
      firstSku = Math.min(firstSku, skuId)
      lastSku = Math.max(lastSku, skuId)
    }
  }
  return { offers, firstSku: offers === 0 ? 0 : firstSku, lastSku }
}
