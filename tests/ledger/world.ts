import type { SkuDetails } from '../../node/clients/catalog'
import { UpstreamError } from '../../node/common/upstreamError'
import {
  type BatchResult,
  batchResultOf,
  publishedUnder,
  startedOf,
} from '../../node/exports/batchResult'
import { compareWithPublished } from '../../node/exports/compare'
import type { BatchReceipt } from '../../node/exports/documentNames'
import type { ExportRequest } from '../../node/exports/exportRequest'
import type { QueueSnapshot } from '../../node/exports/queue'
import type { Failure, OfferName } from '../../node/offers/stockOffer'
import { Ledger } from '../../node/published/ledger'
import { type Receipt, startedDocument } from '../../node/published/receipt'
import { parseSettings, type Settings } from '../../node/settings/settings'
import type { DirectReads, PagedSource, ReadOffer } from '../../node/sources/source'
import { memory } from '../documents'

export const NOW = Date.UTC(2026, 10, 22, 8)
export const HOUR = 3_600_000

export const settingsOf = (more: object = {}): Settings =>
  parseSettings({ sftpHost: 'drop', sftpUser: 'vtex', sftpPassword: 'secret', ...more })

/** "SKU 7 of seller 1 has 3" is offer(7, 3). Its reference is r7. */
export const offer = (skuId: number, quantity: number, more: Partial<ReadOffer> = {}) => ({
  ...{ skuId, quantity, sellerId: '1', observedAt: NOW, refId: `r${skuId}` },
  ...more,
})

/** As many SKUs of the account, from 1 on, with so many each. */
export const offers = (count: number, quantity: number, more: Partial<ReadOffer> = {}) =>
  Array.from({ length: count }, (_, index) => offer(index + 1, quantity, more))

interface Circumstances {
  route?: ExportRequest['route']
  force?: boolean
  settings?: Settings
  withheld?: string[]
  /** When changes of SKUs were reported. */
  changedAt?: (skuId: number) => number
  deliveries?: BatchReceipt[]
  failures?: Failure[]
  /** What asking for a row of Centra gives. */
  centraRow?: PagedSource['row']
}

/** What Intershop was told, what VTEX says now, and what becomes of it. */
export class LedgerWorld {
  readonly documents = memory()
  readonly receipts: Receipt[] = []
  now = NOW
  /** SKUs by what they are called in VTEX: "refId r7". */
  readonly named = new Map<string, number>()
  readonly contexts = new Map<number, Partial<SkuDetails>>()
  /** SKUs of which VTEX tells nothing now. */
  readonly unreadable = new Set<number>()
  readonly registered = new Map<string, { isActive: boolean }>()
  /** Asked which SKU has a reference, VTEX answers this. */
  cannotTell: 400 | 500 | undefined
  readonly logged: string[] = []

  readonly direct: DirectReads = {
    skuDetails: async (skuId) => {
      if (this.unreadable.has(skuId)) {
        throw new UpstreamError('VTEX catalog', 'down', 'status 500', 500)
      }
      const context = this.contexts.get(skuId)
      if (!context) throw new UpstreamError('VTEX catalog', 'missing', 'status 404', 404)
      return { skuId, isActive: true, ...context }
    },
    skuIdOf: async (identifier, value) => {
      const status = this.cannotTell
      const kind = status === 400 ? 'refused' : 'down'
      if (status) throw new UpstreamError('VTEX catalog', kind, `status ${status}`, status)
      return this.named.get(`${identifier} ${value}`)
    },
    sellers: async () => this.registered,
  }

  /** Intershop was told of offers, an hour ago. */
  async told(told: ReadOffer[], settings = settingsOf(), at = this.now - HOUR) {
    const { offers } = batchResultOf(
      { read: 0, offers: told, failures: [], unmapped: [] },
      settings
    )
    await this.record(
      at,
      { offers, held: [], taken: [], nameConflicts: [], unmapped: [] },
      settings
    )
  }

  /** What a part came to was delivered. */
  async delivered(part: BatchResult, settings = settingsOf(), at = this.now) {
    await this.record(at, part, settings)
  }

  async judged(found: ReadOffer[], around: Circumstances = {}): Promise<BatchResult> {
    const { settings = settingsOf(), failures = [] } = around
    const read = { read: found.length, offers: found, failures, unmapped: [] }
    return this.judgedPart(batchResultOf(read, settings), around)
  }

  /** What becomes of offers that are gone. */
  judgedGone(names: readonly OfferName[]): Promise<BatchResult> {
    const removed = names.map((name) => ({
      ...{ ...name, quantity: 0, observedAt: NOW, why: 'removed' as const },
    }))
    const read = { read: names.length, offers: [], removed, failures: [], unmapped: [] }
    return this.judgedPart(batchResultOf(read, settingsOf()), {})
  }

  /** What Intershop was told of a SKU. */
  async entries(skuId: number) {
    return (await (await this.ledger()).of([skuId])).entries(skuId)
  }

  ledger() {
    const ledger = new Ledger({
      documents: this.documents,
      clock: { sleep: async () => undefined },
    })
    return ledger.at(this.receipts)
  }

  private async judgedPart(part: BatchResult, around: Circumstances): Promise<BatchResult> {
    const { settings = settingsOf(), deliveries = [], changedAt } = around
    const log = (step: string) => void this.logged.push(step)
    const clock = { now: () => this.now, uniqueId: () => 'n', sleep: async () => undefined }
    const engine = {
      ...{ documents: this.documents, workspace: 'master' },
      clock: { ...clock, every: () => () => undefined },
      log: { info: log, warn: log, error: log },
    }
    const ledger = await this.ledger()
    const skuIds = [...part.offers, ...part.unmapped].flatMap(({ skuId }) => skuId ?? [])
    return compareWithPublished(engine, part, {
      queue: { deliveries } as unknown as QueueSnapshot,
      request: request(around),
      ...{ settings, direct: this.direct, ledger, published: await ledger.of(skuIds), changedAt },
      skipsUnchanged: around.route === 'update',
      centraRow: around.centraRow,
      heldSellers: new Set(around.withheld),
    })
  }

  private async record(
    at: number,
    part: Pick<BatchResult, 'offers' | 'held' | 'taken' | 'nameConflicts' | 'unmapped'>,
    settings: Settings
  ) {
    const started = startedOf(part, publishedUnder(settings, { workspace: 'master' }))
    const { sent, held, shared, taken } = started
    const all = [sent, held, shared, taken].flat().map(({ skuId }) => skuId)
    const id = `batch${this.receipts.length}`
    const before = this.receipts.at(-1)?.version ?? 0
    const version = Math.max(at, before + 1)
    this.receipts.push({
      ...{ id, path: () => id, version, readAfter: version - 1, isCommitted: true },
      ...{ firstSku: Math.min(...all), lastSku: Math.max(...all), offers: all.length },
    })
    await this.documents.save('receipts', id, startedDocument(started))
  }
}

const request = ({ route = 'export', force = false }: Circumstances): ExportRequest => ({
  ...{ v: 1, exportId: 'e', route, scope: {}, acceptedAt: NOW },
  ...{ dry: false, dryRun: false, force },
})

/** A delivery that set so many offers of own stock to 0. */
export const zeroing = (own: number, version: number): BatchReceipt => ({
  ...{ exportId: 'before', source: 'own', from: 0, to: 9 },
  ...{ readAfter: 0, version: version, basis: 'f' },
  ...{ uniqueId: `n${version}`, worker: 'w', state: 'committed', dry: false },
  zeroed: { own, centra: 0, sellers: 0 },
  ...{ offers: own, firstSku: 1, lastSku: 9 },
})

/** What was sent, by offer SKU. */
export const sent = ({ offers }: BatchResult) =>
  Object.fromEntries(offers.map(({ offerSku, quantity }) => [offerSku, quantity]))
