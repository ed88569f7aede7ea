import { clamp } from 'ramda'
import { z } from 'zod'
import type { Upload } from '../clients/icmMessages'
import { describe } from '../common/errors'
import {
  type CanCommit,
  DeliveryError,
  type ImportingPublisher,
  SupersededError,
} from '../delivery/publisher'
import type { MappedOffer } from '../offers/stockOffer'
import { parseStarted } from '../published/receipt'
import { LostDocumentError, readWritten, SETTLE_MS } from '../state/documents'
import { amendBatch } from './batches'
import { type CommittedDocument, committedSchema, failedDocument } from './batchResult'
import { type BatchReceipt, receiptNames } from './documentNames'
import type { Dependencies } from './engine'
import type { QueueReader } from './queue'
import { saveOutcome } from './receipts'

const FIRST_POLL_MS = 300
/** An import that ICM does not know, or without a known id, is over after this time, as far as anybody can know. */
const UNKNOWN_MS = 120_000
/** Its upload is removed after this time, so that a worker that was suspended cannot start it any more. */
const ABANDONED_MS = 15_000
/** An import is abandoned after this time without progress. */
const STUCK_MS = 30 * 60_000
/** Longest time in one step: then the queue is read again. */
const LONGEST_WAIT_MS = 5_000

const importSchema = z.object({
  v: z.literal(1),
  /** UTC milliseconds. */
  at: z.number(),
  /** Where it was started. */
  target: z.string(),
  upload: z.object({ fileName: z.string(), key: z.string() }),
  /** Absent until Intershop's answer is saved. */
  importId: z.string().optional(),
  /** The last progress seen, and when. */
  progress: z.string().optional(),
  movedAt: z.number().optional(),
  /** Since when ICM does not know it. */
  unknownSince: z.number().optional(),
  /** The committed receipt, if the import succeeds. */
  committed: committedSchema,
})

type Import = z.infer<typeof importSchema>

/** How an import ended: it succeeded, failed with an error of Intershop, or nobody will know for some reason. */
type Outcome = { failed?: string; unknown?: string }

/**
 * The imports of an account in the folder `imports`, each named like the started receipt of its batch: at most one runs
 * at a time. Nothing is published from its document: it says what to record once the outcome is known.
 */
export class Imports {
  /** What this run wrote: reads and listings may not show it yet. Null: removed. */
  private readonly own = new Map<string, Import | null>()
  /** Keys of uploads that this run removed. */
  private readonly removed = new Set<string>()

  constructor(
    private readonly engine: Pick<Dependencies, 'documents' | 'clock' | 'log'>,
    private readonly reader: QueueReader,
    private readonly publisher: ImportingPublisher
  ) {}

  /** Uploads a batch and starts its import. @throws {DeliveryError} {@link SupersededError} if it did not start */
  async start(
    started: BatchReceipt,
    offers: readonly MappedOffer[],
    committed: CommittedDocument,
    canCommit: CanCommit
  ): Promise<void> {
    const { publisher, engine } = this
    const name = receiptNames.build(started)
    const upload = await publisher.upload({ version: started.version, offers })
    const begun: Import = {
      ...{ v: 1, at: engine.clock.now(), target: publisher.target, upload },
      committed: { ...committed, files: [upload.fileName] },
    }
    let importId: string | undefined
    try {
      await this.save(name, begun)
      // Two workers that believe to have the lease see each other's documents: at most one starts its import.
      await engine.clock.sleep(SETTLE_MS)
      const isAlone = async () => (await this.names()).every((other) => other === name)
      const mayStart = async () => (await isAlone()) && (await canCommit())
      importId = await publisher.startImport(upload, mayStart)
    } catch (thrown) {
      if (!(thrown instanceof DeliveryError) && !(thrown instanceof SupersededError)) throw thrown
      await this.forget(name, upload)
      // Another worker may have removed the upload.
      throw (await canCommit()) ? thrown : new SupersededError()
    }
    if (importId !== undefined) await this.save(name, { ...begun, importId })
  }

  readonly connect = () => this.publisher.connect()
  readonly close = () => this.publisher.close()
  readonly stockOf = (offerSkus: readonly string[]) => this.publisher.stockOf(offerSkus)

  /**
   * Records the outcome of each import that has ended, and waits for those that are running.
   * @param until waits no longer, UTC milliseconds @returns whether there was none
   */
  async settle(until: number): Promise<boolean> {
    const { clock } = this.engine
    const end = Math.min(until, clock.now() + LONGEST_WAIT_MS)
    let left = await this.names()
    if (left.length === 0) return true
    for (;;) {
      const running: string[] = []
      for (const name of left) if (!(await this.isSettled(name))) running.push(name)
      left = running
      const [oldest] = left
      if (oldest === undefined) return false
      // The longer it takes, the more rarely it is asked for.
      const age = clock.now() - (this.own.get(oldest)?.at ?? clock.now())
      const wait = clamp(FIRST_POLL_MS, LONGEST_WAIT_MS, Math.round(age / 10))
      if (clock.now() + wait > end) {
        await clock.sleep(Math.max(1, end - clock.now()))
        return false
      }
      await clock.sleep(wait)
    }
  }

  /** Oldest first. */
  private async names(): Promise<string[]> {
    const listed = await this.engine.documents.list('imports')
    const all = new Set([...listed, ...this.own.keys()])
    return [...all].filter((name) => this.own.get(name) !== null).sort()
  }

  private async isSettled(name: string): Promise<boolean> {
    const known = await this.read(name)
    const started = receiptNames.parse(name)
    const outcome = known && started ? await this.outcomeOf(name, known) : {}
    if (!outcome) return false
    if (known && started) await this.record(started, known, outcome)
    await this.forget(name, known?.upload)
    return true
  }

  /** Undefined while it may be running. */
  private async outcomeOf(name: string, known: Import): Promise<Outcome | undefined> {
    const { target, importId, at, upload } = known
    const age = this.engine.clock.now() - at
    if (target !== this.publisher.target) return { unknown: 'the settings name another ICM' }
    if (importId === undefined) {
      if (age >= UNKNOWN_MS) return { unknown: 'its id is not known' }
      if (age >= ABANDONED_MS) await this.removeUpload(upload)
      return undefined
    }
    const found = await this.publisher.importState(importId).catch((thrown: unknown) => {
      // One import must not end every export for ever.
      if (thrown instanceof DeliveryError && this.isStuck(known)) return undefined
      throw thrown
    })
    if (!found) return { unknown: 'its state cannot be read' }
    if (found.state === 'finished') return {}
    if (found.state === 'failed') return { failed: found.code }
    return this.outcomeInTime(name, known, found.state === 'unknown' ? undefined : found.progress)
  }

  /** @param progress undefined where ICM does not know the import */
  private async outcomeInTime(name: string, known: Import, progress: string | undefined) {
    const now = this.engine.clock.now()
    const { unknownSince = now, ...seen } = known
    if (progress === undefined) {
      // Another server of ICM may know it a moment later; and it may still run.
      if (known.unknownSince === undefined) await this.save(name, { ...known, unknownSince })
      return now - unknownSince >= UNKNOWN_MS ? { unknown: 'ICM does not know its id' } : undefined
    }
    const isMoving = progress !== known.progress
    if (isMoving) await this.save(name, { ...seen, progress, movedAt: now })
    else if (known.unknownSince !== undefined) await this.save(name, seen)
    return !isMoving && this.isStuck(known) ? { failed: 'no progress' } : undefined
  }

  private isStuck({ at, movedAt = at }: Import): boolean {
    return this.engine.clock.now() - movedAt >= STUCK_MS
  }

  private async record(started: BatchReceipt, known: Import, { unknown, failed }: Outcome) {
    const { engine, reader } = this
    const { exportId } = started
    // Its batch is read again.
    const leave = (reason: string) => engine.log.warn('import.unknown', { exportId, reason })
    if (unknown) return leave(unknown)
    let document = { ...known.committed, deliveredAt: engine.clock.now() }
    if (failed !== undefined) {
      const receipt = await engine.documents.read('receipts', receiptNames.build(started))
      const sent = parseStarted(receipt)?.sent
      if (!sent) return leave('its receipt cannot be read')
      engine.log.warn('import.failed', { exportId, offers: sent.length, reason: failed })
      document = failedDocument(document, sent, failed)
    }
    await amendBatch(engine, started, document)
    const state = failed === undefined ? 'committed' : 'failed'
    await saveOutcome(engine, reader, { ...started, state }, document)
  }

  /** Null where it was removed. */
  private async read(name: string): Promise<Import | null> {
    const own = this.own.get(name)
    if (own !== undefined) return own
    try {
      const found = await readWritten(this.engine, 'imports', name, importSchema)
      // The worker that started it may still save its id.
      if (found.importId !== undefined) this.own.set(name, found)
      return found
    } catch (thrown) {
      if (thrown instanceof LostDocumentError) return null
      throw thrown
    }
  }

  private async save(name: string, document: Import): Promise<void> {
    this.own.set(name, document)
    await this.engine.documents.save('imports', name, document)
  }

  /** Removes an import's document, then its upload. */
  private async forget(name: string, upload?: Upload): Promise<void> {
    await this.engine.documents.remove('imports', name)
    this.own.set(name, null)
    if (upload) await this.removeUpload(upload)
  }

  /** An upload that stays is only untidy. */
  private async removeUpload(upload: Upload): Promise<void> {
    if (this.removed.has(upload.key)) return
    try {
      await this.publisher.removeUpload(upload)
      this.removed.add(upload.key)
    } catch (thrown) {
      const { code, message: reason } = describe(thrown)
      this.engine.log.warn('upload.notRemoved', { code, reason })
    }
  }
}
