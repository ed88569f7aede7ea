import { isSkuSource, type SourceName } from '../sources/source'
import type { Range } from './documentNames'
import type { Step } from './nextStep'
import type { List } from './planDocuments'
import type { QueueSnapshot } from './queue'
import type { BatchReader, Reading, ReadingLimits } from './runBatch'

interface Begun {
  exportId: string
  source: SourceName
  range: Range
  list: List | undefined
  reading: Promise<Reading>
  stop(): void
}

/**
 * The batch that is read while the one before it is compared and published. Only the very next step may take it: it
 * knows of no batch but that one. Anything else that happens, such as an update or a failure, drops it.
 */
export class ReadAhead {
  private begun: Begun | undefined

  /** @param msLeft how long a batch that begins now may be read, in milliseconds; 0 where none may begin */
  constructor(private readonly msLeft: () => number) {}

  get isBegun(): boolean {
    return this.begun !== undefined
  }

  /** Begins to read what follows a batch that was read. */
  begin(
    reader: BatchReader,
    queue: QueueSnapshot,
    { name }: Reading,
    end: number,
    ledger: ReadingLimits['ledger']
  ): void {
    const { exportId, source, version, to: from } = name
    const ms = this.msLeft()
    if (ms <= 0 || from >= end || !isSkuSource(source) || source === 'centraRows') return
    let isStopped = false
    const range = { from, to: end }
    const limits = { ledger, ms, behind: version, isStopped: () => isStopped }
    const reading = reader.read(queue, exportId, source, range, limits)
    // The step that takes it gets a failure.
    reading.catch(() => undefined)
    const stop = () => {
      isStopped = true
    }
    this.begun = { exportId, source, range, list: listOf(queue, exportId, source), reading, stop }
  }

  /** Drops what was begun, unless it is what the next step reads. */
  keepFor(queue: QueueSnapshot, step: Step): void {
    const { begun } = this
    const isSame =
      step.kind === 'read' &&
      begun?.exportId === step.exportId &&
      begun.source === step.source &&
      begun.range.from === step.range.from &&
      begun.range.to === step.range.to &&
      begun.list === listOf(queue, step.exportId, step.source)
    if (!isSame) this.drop()
  }

  take(): Promise<Reading> | undefined {
    const { begun } = this
    this.begun = undefined
    return begun?.reading
  }

  drop(): void {
    this.begun?.stop()
    this.begun = undefined
  }
}

const listOf = (queue: QueueSnapshot, exportId: string, source: SourceName): List | undefined =>
  isSkuSource(source) ? queue.lists.get(exportId)?.[source] : undefined
