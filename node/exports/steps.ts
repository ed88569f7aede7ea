import { type Publisher, SupersededError } from '../delivery/publisher'
import type { Started } from '../published/entry'
import type { Ledger } from '../published/ledger'
import { startedDocument } from '../published/receipt'
import type { Settings } from '../settings/settings'
import type { SourceName } from '../sources/source'
import type { Lease } from '../state/lease'
import { type BatchResult, committedDocument, startedOf } from './batchResult'
import { type BatchReceipt, type Range, receiptPath } from './documentNames'
import type { Dependencies } from './engine'
import { type QueueReader, type QueueSnapshot, requestOf } from './queue'
import type { ReadAhead } from './readAhead'
import { receiptId, receiptsOf } from './receipts'
import { BatchReader } from './runBatch'
import { publishedUnder } from './unchanged'

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
      publisher(): Promise<Publisher>
      ahead: ReadAhead
    }
  ) {}

  /**
   * Reads a batch, publishes it and saves its receipt. A batch without a committed receipt is read again: what a worker
   * that died had read is never published.
   * @param isWhole whether the ledger surely has everything that was sent
   * @param ms how long reading may take
   * @returns whether the ledger has anything new
   * @throws {SupersededError} where another worker went on
   */
  async read(
    queue: QueueSnapshot,
    exportId: string,
    source: SourceName,
    range: Range,
    { isWhole, ms }: { isWhole: boolean; ms: number }
  ): Promise<boolean> {
    const { clock, log } = this.engine
    const { dry } = requestOf(queue, exportId)
    // Before reading: a server that is down costs no requests to the sources.
    const connectedFrom = clock.now()
    if (!dry) await (await this.around.publisher()).connect()
    const ledger = this.around.ledger.at(receiptsOf(queue.deliveries))
    const limits = { ledger, ms: ms - (clock.now() - connectedFrom) }
    const batches = new BatchReader(this.engine, this.reader, this.settings)
    const { ahead } = this.around
    const begun = ahead.take()
    const reading = begun
      ? await batches.upToDate(await begun, ledger)
      : await batches.read(queue, exportId, source, range, limits)
    const { name } = reading
    ahead.begin(batches, queue, reading, range.to, ledger)
    const part = await batches.compare(queue, reading, { ledger, isWhole })
    const started = startedOf(part, publishedUnder(this.settings, this.engine))
    const summary = { zeroed: part.newlyZero, ...summaryOf(started) }
    const batch = { ...name, ...summary, worker: this.lease.owner, dry }
    const files = await this.publish(batch, part, started)
    const document = committedDocument(part, files, this.engine.traffic(), clock.now(), dry)
    const path = await this.save(batch, 'committed', document)
    this.reader.ownDeliveries.set(path, document)
    const { sent, held, failed, unmapped } = part.counts
    const [firstFile] = files
    const shown = {
      ...{ sent, held, failed, unmapped, files: files.length },
      ...(firstFile && { firstFile }),
    }
    log.info('batch.published', { exportId, source, from: name.from, ...shown })
    return !dry && batch.offers > 0
  }

  /**
   * A batch without offers needs the lease too, or two workers would go on with the same export. Receipts of others are
   * looked for straight before each file is renamed.
   * @returns the files
   */
  private async publish(
    batch: BatchName,
    { offers }: BatchResult,
    started: Started
  ): Promise<string[]> {
    const mayCommit = async () =>
      (await this.lease.isMine()) && (await this.reader.stillDeliverable(batch))
    if (!(await this.lease.isHeld())) throw new SupersededError()
    if (batch.dry || batch.offers === 0) return []
    if (await this.reader.isCancelled(batch.exportId)) throw new SupersededError()
    // A write-ahead log: if this worker dies or stops for a while, the others know what it may have sent.
    await this.save(batch, 'started', startedDocument(started))
    this.around.ledger.keep({ id: receiptId(batch), offers: batch.offers }, started)
    if (offers.length === 0) return []
    const publisher = await this.around.publisher()
    return publisher.publish({ version: batch.version, offers }, mayCommit)
  }

  private async save(
    batch: BatchName,
    state: BatchReceipt['state'],
    document: unknown
  ): Promise<string> {
    const path = receiptPath({ ...batch, state })
    await this.engine.documents.save('receipts', path, document)
    this.reader.wrote('receipts', path)
    return path
  }
}

/** What the names of a batch's receipts say of its offers. */
function summaryOf(started: Started): Pick<BatchReceipt, 'offers' | 'firstSku' | 'lastSku'> {
  let offers = 0
  let firstSku = Number.POSITIVE_INFINITY
  let lastSku = 0
  for (const all of [started.sent, started.held, started.shared, started.taken]) {
    offers += all.length
    for (const { skuId } of all) {
      firstSku = Math.min(firstSku, skuId)
      lastSku = Math.max(lastSku, skuId)
    }
  }
  return { offers, firstSku: offers === 0 ? 0 : firstSku, lastSku }
}
