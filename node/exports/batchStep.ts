import { equals, max, min, pluck, values } from 'ramda'
import { yieldToEvents } from '../common/concurrency'
import { type FilePublisher, SupersededError } from '../delivery/publisher'
import { type Started, startedDocument } from '../published/receipt'
import { isSkuSource } from '../sources/source'
import type { Lease } from '../state/lease'
import { saveBatch } from './batches'
import { BatchReader, type PreviousBatch, type Reading, type ReadingLimits } from './batchReader'
import { type BatchResult, committedDocument, publishedUnder, startedOf } from './batchResult'
import { type BatchReceipt, receiptNames } from './documentNames'
import { Imports } from './imports'
import type { ReadStep, Step } from './nextStep'
import type { StepContext } from './plan'
import type { List } from './planDocuments'
import { listOf, type QueueSnapshot, requestOf } from './queue'
import { receiptId, receiptsOf, saveOutcome } from './receipts'

interface BatchContext extends StepContext {
  lease: Lease
  ahead: ReadAhead
  /** Connects once in a run. */
  publisher(): Promise<FilePublisher | Imports>
}

/** The step that reads a batch and publishes it. */
export class BatchStep {
  constructor(private readonly context: BatchContext) {}

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
    step: ReadStep,
    { isWhole, ms, until }: { isWhole: boolean; ms: number; until: number }
  ): Promise<{ isRead: boolean; isSent: boolean }> {
    const { engine, reader, settings, lease, ahead } = this.context
    const { clock, documents } = engine
    const { dry } = requestOf(queue, step.exportId)
    const ledger = this.context.ledger.at(receiptsOf(queue.deliveries))
    // Read while it connects; a failure shows where it is needed.
    if (isSkuSource(step.source)) void ledger.base().catch(() => undefined)
    // Before reading: a server that is down costs no requests to the sources.
    const connectedFrom = clock.now()
    const publisher = dry ? undefined : await this.context.publisher()
    await publisher?.connect()
    const left = ms - (clock.now() - connectedFrom)
    const isImporting = publisher instanceof Imports
    // One worker waits for an import.
    if (isImporting && !(await lease.isHeld())) throw new SupersededError()
    // An import that ended adds a receipt: read the queue again.
    if (isImporting && !(await publisher.settle(until))) return { isRead: false, isSent: true }
    // Meanwhile sources are read, so that the listing costs no time.
    const listing = isImporting ? undefined : publisher?.drop?.()
    const batches = new BatchReader(engine, reader, settings)
    const beginNext = (name: PreviousBatch) =>
      ahead.begin(batches, queue, name, step.range.to, ledger)
    const begun = ahead.take(beginNext)
    const reading = begun
      ? await batches.upToDate(await begun, ledger)
      : await batches.read(queue, step, { ledger, ms: left, onNearEnd: beginNext })
    beginNext(reading.name)
    const part = await batches.compare(queue, reading, { ledger, isWhole })
    await yieldToEvents()
    const started = startedOf(part, publishedUnder(settings, engine))
    const batch = { ...reading.name, ...summaryOf(part, started), worker: lease.owner, dry }
    const drop = await listing
    const files = await this.publish(batch, part, started)
    if (files) {
      await saveBatch(documents, batch, part, files)
      const committed = { ...this.committed(part, files, dry), ...(drop && { drop }) }
      await saveOutcome(engine, reader, { ...batch, state: 'committed' }, committed)
    } else if (isImporting) await publisher.settle(until)
    return { isRead: true, isSent: !dry && batch.offers > 0 }
  }

  private committed(part: BatchResult, files: string[], dry: boolean) {
    const { clock, traffic } = this.context.engine
    return committedDocument(part, { files, traffic: traffic(), deliveredAt: clock.now() }, dry)
  }

  /**
   * A batch without offers needs the lease too, or two workers would go on with the same export. Receipts of others are
   * looked for straight before each file is renamed, or an import started.
   * @returns the files; undefined where the outcome of an import is not known yet
   */
  private async publish(
    batch: Omit<BatchReceipt, 'state'>,
    part: BatchResult,
    started: Started
  ): Promise<string[] | undefined> {
    const { engine, reader, lease, ledger } = this.context
    const { documents } = engine
    const { offers } = part
    const mayCommit = async () => {
      const looks = await Promise.all([lease.isMine(), reader.stillDeliverable(batch)])
      return looks.every((isRight) => isRight)
    }
    const isSending = !batch.dry && batch.offers > 0
    const cancellations = isSending ? documents.list('cancelled', batch.exportId) : []
    const [isHeld, cancelled] = await Promise.all([lease.isHeld(), cancellations])
    if (!isHeld || cancelled.length > 0) throw new SupersededError()
    if (!isSending) return []
    // A write-ahead log: if this worker dies or stops for a while, the others know what it may have sent.
    const receipt: BatchReceipt = { ...batch, state: 'started' }
    await reader.save('receipts', receiptNames.build(receipt), startedDocument(started))
    ledger.keep({ id: receiptId(batch), offers: batch.offers }, started)
    if (offers.length === 0) return []
    const publisher = await this.context.publisher()
    if (!(publisher instanceof Imports)) {
      return publisher.publish({ version: batch.version, offers }, mayCommit)
    }
    await saveBatch(documents, batch, part, [])
    const committed = this.committed(part, [], false)
    await publisher.start(receipt, offers, committed, mayCommit)
    return undefined
  }
}

/** What the names of a batch's receipts say of its offers. */
function summaryOf({ newlyZero, skus, heldChange }: BatchResult, started: Started) {
  const { sent, held, dismissed = [], shared, taken } = started
  const skuIds = [sent, held, dismissed, shared, taken].flatMap((all) => pluck('skuId', all))
  const isHeldChanged = heldChange && values(heldChange).some((change) => change !== 0)
  return {
    ...{ zeroed: newlyZero, skus, ...(isHeldChanged && { held: heldChange }) },
    offers: skuIds.length,
    firstSku: skuIds.length === 0 ? 0 : skuIds.reduce(min),
    lastSku: skuIds.reduce(max, 0),
  }
}

interface Begun {
  step: ReadStep
  list: List | undefined
  reading: Promise<Reading>
  stopped: AbortController
  /** Near its own end, what begins the batch after it; until it is taken, what that batch would follow. */
  beginNext?: (name: PreviousBatch) => void
  follower?: PreviousBatch
}

/**
 * The batch that is read while the one before it is compared and published; it begins with the last SKUs of that one, so
 * that opening it costs no time. Only the very next step may take it: it knows of no batch but that one. Anything else
 * that happens, such as an update or a failure, drops it.
 */
export class ReadAhead {
  private begun: Begun | undefined

  /** @param msLeft how long a batch that begins now may be read, in milliseconds; 0 where none may begin */
  constructor(private readonly msLeft: () => number) {}

  get isBegun(): boolean {
    return this.begun !== undefined
  }

  /** Begins to read what follows a batch that was read, or is read but for its last SKUs. */
  begin(
    reader: Pick<BatchReader, 'read'>,
    queue: QueueSnapshot,
    { exportId, source, version, to: from }: PreviousBatch,
    end: number,
    ledger: ReadingLimits['ledger']
  ): void {
    const step: ReadStep = { kind: 'read', exportId, source, range: { from, to: end } }
    if (this.begun && equals(this.begun.step, step)) return
    this.drop()
    const ms = this.msLeft()
    if (ms <= 0 || from >= end || !isSkuSource(source) || source === 'centraRows') return
    const stopped = new AbortController()
    const onNearEnd = (name: PreviousBatch) => {
      begun.follower = name
      begun.beginNext?.(name)
    }
    const isStopped = () => stopped.signal.aborted
    const reading = reader.read(queue, step, { ledger, ms, behind: version, isStopped, onNearEnd })
    // The step that takes it gets a failure.
    reading.catch(() => undefined)
    const begun: Begun = { step, list: listOf(queue, step), reading, stopped }
    this.begun = begun
  }

  /** Drops what was begun, unless it is what the next step reads. */
  keepFor(queue: QueueSnapshot, next: Step): void {
    const { step, list } = this.begun ?? {}
    const isSame = next.kind === 'read' && equals(next, step) && list === listOf(queue, next)
    if (!isSame) this.drop()
  }

  /** @param beginNext called near its end, at once where it got that far already */
  take(beginNext: (name: PreviousBatch) => void): Promise<Reading> | undefined {
    const { begun } = this
    this.begun = undefined
    if (!begun) return undefined
    begun.beginNext = beginNext
    if (begun.follower) beginNext(begun.follower)
    return begun.reading
  }

  drop(): void {
    this.begun?.stopped.abort()
    this.begun = undefined
  }
}
