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
import { Planning } from './plan'
import { type QueueReader, type QueueSnapshot, requestOf } from './queue'
import { receiptId, receiptsOf } from './receipts'
import { BatchReader } from './runBatch'
import { publishedUnder } from './unchanged'
import { WorklistStep } from './worklist'

/** The name of a batch, whether or not it is committed. */
type BatchName = Omit<BatchReceipt, 'done'>

/** The steps of an export. Each leaves a document; a step that left none is simply taken again. */
export class Steps {
  readonly planning: Planning
  readonly worklists: WorklistStep
  private readonly reading: BatchReader

  constructor(
    private readonly engine: Dependencies,
    private readonly reader: QueueReader,
    private readonly lease: Lease,
    private readonly settings: Settings,
    private readonly around: {
      ledger: Ledger
      /** The way to Intershop; opened once for a run. */
      way(): Promise<Publisher>
    }
  ) {
    this.planning = new Planning(engine, reader, settings)
    this.worklists = new WorklistStep(engine, reader, settings, around.ledger)
    this.reading = new BatchReader(engine, reader, settings)
  }

  /**
   * Reads a batch, publishes it and says so. Nothing is published from a document: what a worker left that died is
   * read again.
   * @param isWhole whether the ledger surely has all that was sent
   * @param ms how long reading may take
   * @returns whether it told the ledger anything
   * @throws {SupersededError} where another worker went on
   */
  async read(
    line: QueueSnapshot,
    exportId: string,
    source: SourceName,
    range: Range,
    { isWhole, ms }: { isWhole: boolean; ms: number }
  ): Promise<boolean> {
    const { clock, log } = this.engine
    const { dry } = requestOf(line, exportId)
    // First: a server that is down costs no reads.
    const begunAt = clock.now()
    if (!dry) await (await this.around.way()).connect()
    const ledger = this.around.ledger.at(receiptsOf(line.deliveries))
    const around = { ledger, isWhole, ms: ms - (clock.now() - begunAt) }
    const { name, part } = await this.reading.read(line, exportId, source, range, around)
    const started = startedOf(part, publishedUnder(this.settings, this.engine))
    const summary = { zeroed: part.newlyZero, ...summaryOf(started) }
    const batch = { ...name, ...summary, worker: this.lease.owner, dry }
    const files = await this.publish(batch, part, started)
    const document = committedDocument(part, files, this.engine.traffic(), clock.now(), dry)
    await this.save(batch, true, document)
    this.reader.ownDeliveries.set(receiptPath({ ...batch, done: true }), document)
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
   * Also where there is nothing to publish the line has to be this worker's still, or two would go on. What others began
   * meanwhile is looked for straight before each file.
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
    // A write-ahead log: should this worker die or freeze, the others know what may come.
    await this.save(batch, false, startedDocument(started))
    this.around.ledger.keep({ id: receiptId(batch), offers: batch.offers }, started)
    if (offers.length === 0) return []
    const way = await this.around.way()
    return way.publish({ version: batch.stamp, offers }, mayCommit)
  }

  private async save(batch: BatchName, done: boolean, document: unknown): Promise<void> {
    const path = receiptPath({ ...batch, done })
    await this.engine.documents.save('receipts', path, document)
    this.reader.wrote('receipts', path)
  }
}

/** What the names of a batch's documents say of it. */
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
