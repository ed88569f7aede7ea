import { changeIndexOf } from '../../node/changes/changeIndex'
import { saveReported } from '../../node/changes/notification'
import { compactChanges } from '../../node/changes/pendingChanges'
import type { Publisher } from '../../node/delivery/publisher'
import { saveCheckpoint } from '../../node/exports/checkpoints'
import { endedPath } from '../../node/exports/documentNames'
import type { Dependencies, WorkEvent } from '../../node/exports/engine'
import type { ExportRequest } from '../../node/exports/exportRequest'
import type { Report } from '../../node/exports/report'
import { removeOldDocuments } from '../../node/exports/retention'
import { work } from '../../node/exports/worker'
import { enqueue } from '../../node/handlers/startExport'
import type { MappedOffer } from '../../node/offers/stockOffer'
import { parseSettings, type Settings } from '../../node/settings/settings'
import { skusAtOnce } from '../../node/sources/source'
import type { Documents } from '../../node/state/documents'
import { Catalog } from './catalog'
import { CountedDocuments } from './countedDocuments'
import { SimulatedTime } from './simulatedTime'
import { CENTRA_SELLER, centraSource, directReads, otherSource, ownSource } from './sources'

/** How large a shop is, and how fast what it works with. */
export interface ShopOptions {
  skus: number
  /** Whose offers are exported; the account's own when absent. */
  sellers?: 'own' | 'others' | 'ownAndOthers'
  /** Whether one more seller's stock is kept in Centra. */
  centra?: boolean
  /** Milliseconds of a VBase call. */
  vbaseMs?: number
  /** SKUs that VTEX answers for in a second; all of them at once when absent. */
  skusASecond?: number
  /** Pages of SKU ids that a process may ask for in a minute; all of them at once when absent. */
  pagesAMinute?: number
}

/** Timeout of a long test: simulated time costs real time, more of it beside other tests. */
export const LONG_TEST_MS = 1_200_000

const OFFERS_A_FILE = 5_000
const HOUR_MS = 3_600_000
const REDELIVERED_AFTER_MS = 5_000
const SELLERS = { own: '1', others: 'north,south', ownAndOthers: '1,north,south' } as const

/** A process that handles an event; one that was killed never hears from anybody again. */
interface Process {
  isAlive: boolean
  nextPageAt: number
}

/** The engine with everything around it made up: what it costs is counted, and its time passes at once. */
export class Shop {
  readonly time = new SimulatedTime()
  readonly documents = new CountedDocuments()
  readonly catalog: Catalog
  /** Quantities that Intershop was sent last, by offer SKU. */
  readonly sent = new Map<string, number>()
  /** Called with each log line of the engine. */
  onLog: (line: string) => void = () => undefined
  deaths = 0
  /** Requests to VTEX for the account's own stock. */
  requests = 0
  private readonly settings: Settings
  /** Those on their way; the first is the one that is handled, if one is. */
  private readonly events: WorkEvent[] = []
  private worker: Process | undefined
  private compactedAt: number
  private names = 0

  constructor(private readonly options: ShopOptions) {
    this.catalog = new Catalog(options.skus)
    this.compactedAt = this.time.now
    const centra = {
      ...{ centraUrl: 'https://shop.centra.com/api/erp', centraToken: 'token' },
      ...{ centraSellerId: CENTRA_SELLER, centraTimeZone: 'UTC' },
    }
    const sellers: string = SELLERS[options.sellers ?? 'own']
    this.settings = parseSettings({
      ...{ sftpHost: 'drop', sftpUser: 'vtex', sftpPassword: 'secret', unlimitedQuantity: 0 },
      sellers: options.centra ? `${sellers},${CENTRA_SELLER}` : sellers,
      ...(options.centra && centra),
    })
  }

  /** The app was installed an hour ago: changes are recorded. */
  install(): Promise<void> {
    const checkpoint = {
      kind: 'changeLogStart' as const,
      at: this.time.now - HOUR_MS,
      ...{ settingsHash: 'any', exportId: 'any' },
    }
    return this.play(saveCheckpoint(this.asNobody(), checkpoint))
  }

  /** Posts an export and lets time pass until it ended and every event is acknowledged. */
  async export(route: ExportRequest['route'] = 'export'): Promise<Report> {
    const exportId = await this.post(route)
    await this.time.playUntil(() => this.isQuiet)
    const report = this.report(exportId)
    if (!report) throw new Error(`${exportId} did not end`)
    return report
  }

  /** Posts an export. @returns its id */
  async post(route: ExportRequest['route']): Promise<string> {
    const around = {
      documents: this.asNobody(),
      log: this.log,
      requestRun: async (event: WorkEvent) => this.courier(event),
      resumeQueueIfStalled: async () => undefined,
      now: () => this.time.now,
    }
    const manner = { dry: false, dryRun: false, force: false }
    return (await this.play(enqueue(around, route, {}, manner))).exportId
  }

  /** SKUs have other quantities from now on, and VTEX told of them in one go. */
  async sell(skuIds: readonly number[]): Promise<void> {
    for (const skuId of skuIds) this.catalog.sell(skuId)
    const reported = skuIds.map((skuId) => ({ skuId, modified: false }))
    await this.play(saveReported(this.asNobody(), this.time.now, this.uniqueId(), reported))
  }

  /** Nothing happens for a while. */
  async rest(ms: number): Promise<void> {
    await this.play(this.time.sleep(ms))
  }

  /** Lets time pass until something is done. */
  async play<T>(doing: Promise<T>): Promise<T> {
    let isDone = false
    const done = () => {
      isDone = true
    }
    doing.then(done, done)
    await this.time.playUntil(() => isDone)
    return doing
  }

  /** Nobody works, and no event is on its way. */
  get isQuiet(): boolean {
    return this.events.length === 0 && this.worker === undefined
  }

  /** What became of an export, once it ended. */
  report(exportId: string): Report | undefined {
    const report = this.documents.document('ended', endedPath(exportId)) as Report | null
    return report ?? undefined
  }

  /** From now on, whoever works is killed every so often; courier had no answer, and brings the event again. */
  killEvery(ms: number) {
    const again = () => {
      this.kill()
      this.time.at(this.time.now + ms, again)
    }
    this.time.at(this.time.now + ms, again)
  }

  private kill() {
    if (!this.worker) return
    this.worker.isAlive = false
    this.worker = undefined
    const event = this.events.shift()
    this.deaths++
    if (event) this.courier(event, REDELIVERED_AFTER_MS)
  }

  /** Courier brings an event; while somebody works, it waits. */
  private courier(event: WorkEvent, afterMs = 0) {
    this.events.push(event)
    this.time.at(this.time.now + afterMs, () => this.deliver())
  }

  private deliver() {
    const [event] = this.events
    if (this.worker || !event) return
    const process = { isAlive: true, nextPageAt: 0 }
    this.worker = process
    this.handle(event, process).then(
      (verdict) => this.answered(event, process, verdict),
      () => this.answered(event, process, 'again')
    )
  }

  private answered(event: WorkEvent, process: Process, verdict: 'done' | 'again') {
    if (!process.isAlive) return
    this.worker = undefined
    this.events.shift()
    if (verdict === 'again') this.courier(event, REDELIVERED_AFTER_MS)
    else this.deliver()
  }

  private async handle(event: WorkEvent, process: Process) {
    const engine = this.engine(process)
    const verdict = await work(engine, event)
    if (verdict === 'done') await this.maintain(engine, event)
    return verdict
  }

  /** What a worker does once an hour, after its run. */
  private async maintain(engine: Dependencies, { compact = false }: WorkEvent) {
    const isTime = this.time.now - this.compactedAt >= HOUR_MS
    if (!isTime && !compact) return
    this.compactedAt = this.time.now
    if (isTime) await removeOldDocuments(engine.documents, this.time.now)
    const isLeft = await compactChanges(engine)
    if (isLeft && (await engine.documents.list('exports')).length === 0) {
      await engine.requestRun({ v: 1, id: this.uniqueId(), compact: true })
    }
  }

  private engine(process: Process): Dependencies {
    const documents = this.documents.as(() => this.passes(process, this.options.vbaseMs))
    const clock: Dependencies['clock'] = {
      now: () => this.time.now,
      uniqueId: () => this.uniqueId(),
      sleep: (ms) => this.passes(process, ms),
      every: (ms, action) => this.every(process, ms, action),
    }
    const { catalog, settings } = this
    const { sellers = 'own', centra = false, skusASecond } = this.options
    const skuMs = skusASecond && (skusAtOnce(settings) * 1_000) / skusASecond
    return {
      documents,
      workspace: 'master',
      clock,
      log: this.log,
      traffic: () => ({}),
      mostSkus: 10_000,
      changeIndex: changeIndexOf({ documents, clock }),
      settings: async () => settings,
      sources: (_request, _settings, now) => {
        const other = () => {
          this.requests++
        }
        const page = () => {
          other()
          return this.page(process)
        }
        const sku = () => {
          other()
          return this.passes(process, skuMs)
        }
        const upstreams = { catalog, documents, settings, now, page, sku, other }
        return {
          direct: directReads(upstreams),
          own: sellers === 'others' ? undefined : ownSource(upstreams),
          sellers: sellers === 'own' ? undefined : otherSource(upstreams),
          centra: centra ? centraSource(upstreams) : undefined,
        }
      },
      delivery: async () => this.publisher(process),
      requestRun: async (event) => {
        await this.passes(process)
        this.courier(event)
      },
    }
  }

  private publisher(process: Process): Publisher {
    return {
      connect: () => this.passes(process),
      check: async () => 'checked',
      close: () => this.passes(process),
      publish: async ({ version, offers }, canCommit) => {
        const files: string[] = []
        for (let start = 0; start < offers.length; start += OFFERS_A_FILE) {
          await this.passes(process)
          if (!(await canCommit())) throw new Error('nobody else works here')
          this.send(offers.slice(start, start + OFFERS_A_FILE))
          files.push(`stock-${version}-${files.length + 1}.xml`)
        }
        return files
      },
    }
  }

  /** Intershop imports a file. */
  protected send(offers: readonly MappedOffer[]) {
    for (const { offerSku, quantity } of offers) this.sent.set(offerSku, quantity)
  }

  private page(process: Process): Promise<void> {
    const { pagesAMinute } = this.options
    if (pagesAMinute === undefined) return this.passes(process)
    const at = Math.max(this.time.now, process.nextPageAt)
    process.nextPageAt = at + 60_000 / pagesAMinute
    return this.passes(process, at - this.time.now)
  }

  /** Something takes its time; who is dead by then, never sees the end of it. */
  private async passes(process: Process, ms = 0): Promise<void> {
    if (process.isAlive && ms > 0) await this.time.sleep(ms)
    if (!process.isAlive) await new Promise(() => undefined)
  }

  private every(process: Process, ms: number, action: () => void): () => void {
    let isStopped = false
    const again = () => {
      if (isStopped || !process.isAlive) return
      action()
      this.time.at(this.time.now + ms, again)
    }
    this.time.at(this.time.now + ms, again)
    return () => {
      isStopped = true
    }
  }

  private asNobody(): Documents {
    return this.documents.as(async () => undefined)
  }

  private uniqueId(): string {
    return `n${String(++this.names).padStart(8, '0')}`
  }

  private readonly log = {
    info: (line: string) => this.onLog(line),
    warn: (line: string) => this.onLog(line),
    error: (line: string) => this.onLog(line),
  }
}
