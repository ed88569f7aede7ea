import type { SkuDetails } from '../../node/clients/catalog'
import { UpstreamError, type UpstreamErrorKind } from '../../node/common/upstreamError'
import type { Match } from '../../node/sources/conflictingRows'
import type { MatchedRow, MatchingContext } from '../../node/sources/identifierLoaders'
import { matchRows } from '../../node/sources/skuMatching'
import { type Documents, type Folder, StateError } from '../../node/state/documents'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
const START = Date.UTC(2026, 10, 21)

type Sku = { ean?: string | undefined; refId?: string | undefined; isActive: boolean }
type Catalog = ReadonlyMap<number, Sku>

/** What a look-up asks for: "ean 4006381333931", "refs A,B", "sku 7". */
type Ask = string

/** A row of Centra's stock: "shoe" of the EAN "1" is { ean: '1', sku: 'shoe' }. */
export const row = (stockItemId: number, more: Partial<MatchedRow> = {}): MatchedRow => ({
  stockItemId,
  sku: '',
  variantSku: '',
  sizeSku: '',
  active: true,
  ...more,
})

/** VTEX's catalog with its lagging index, the documents of an account, and a clock. */
export class MatchingWorld {
  now = START
  /** What the look-ups of the last export asked for. */
  asked: Ask[] = []
  /** Milliseconds that VTEX's index is behind, for each way to ask. */
  readonly lags = { ean: 0, refs: 0, sku: 0 }
  /** The rows that Centra was asked for by their ids in the last export. */
  looked: number[] = []
  /** The rows that Centra has, by their ids: all that an export ever had, until they are deleted. */
  readonly centra = new Map<number, MatchedRow>()
  /** The latest id of a row. */
  last = 10_000
  /** Throws where a row cannot be looked at. */
  centraFault: (stockItemId: number) => void = () => undefined
  /** Throws where a look-up is to go wrong. */
  fault: (ask: Ask, calls: number) => void = () => undefined
  readonly files = new Map<string, string>(
    // As if there had been more: neighbours lie in documents of their own.
    ['matches/0', 'matches/2500', 'matches/5000', 'claims/0', 'claims/3'].map((path) => [
      path.replace(/\d+$/, (from) => from.padStart(16, '0')),
      '{"v":1,"entries":[]}',
    ])
  )
  /** A folder that nothing can be saved to. */
  full: Folder | undefined
  readonly seen = { saves: 0, reads: 0 }
  private readonly history: Array<{ at: number; skus: Catalog }> = [{ at: 0, skus: new Map() }]
  private readonly modified = new Map<number, number>()

  get catalog(): Catalog {
    return this.at(0)
  }

  wait(ms: number) {
    this.now += ms
  }

  /** Changes a SKU; VTEX takes an EAN or a reference from whoever had it. */
  change(skuId: number, change: Partial<Sku>) {
    for (const [id, { ean, refId }] of this.catalog) {
      if (id === skuId) continue
      if (ean !== undefined && ean === change.ean) this.set(id, { ean: undefined })
      if (refId !== undefined && refId === change.refId) this.set(id, { refId: undefined })
    }
    this.set(skuId, change)
  }

  /** Changes a SKU, and no notification comes. */
  changeUnheard(skuId: number, change: Partial<Sku>) {
    const modified = [...this.modified]
    this.change(skuId, change)
    this.modified.clear()
    for (const [id, at] of modified) this.modified.set(id, at)
  }

  /** One batch of an export. */
  async match(rows: readonly MatchedRow[]): Promise<ReadonlyMap<number, Match>> {
    this.asked = []
    this.looked = []
    this.put(rows)
    return this.matchBatch(rows)
  }

  /** Rows come to Centra, or are as they are now. */
  put(rows: readonly MatchedRow[]) {
    for (const row of rows) this.centra.set(row.stockItemId, row)
  }

  /** One export in batches. */
  async export(rows: readonly MatchedRow[], size: number): Promise<Map<number, Match>> {
    this.asked = []
    this.looked = []
    this.put(rows)
    const found = new Map<number, Match>()
    for (let at = 0; at < rows.length; at += size) {
      for (const [id, match] of await this.matchBatch(rows.slice(at, at + size)))
        found.set(id, match)
    }
    return found
  }

  /** Loses one of the documents, or all of a folder. */
  lose(which: number | Folder) {
    const names = [...this.files.keys()]
    const lost =
      typeof which === 'number'
        ? names.slice(which % (names.length + 1)).slice(0, 1)
        : names.filter((name) => name.startsWith(`${which}/`))
    for (const name of lost) this.files.delete(name)
  }

  private matchBatch(rows: readonly MatchedRow[]) {
    const row = async (stockItemId: number) => {
      this.looked.push(stockItemId)
      this.centraFault(stockItemId)
      return this.centra.get(stockItemId)
    }
    const control = () => this.ask('control')
    return matchRows(this.documents, rows, {
      ...{ catalog: this.calls, row, control },
      modifiedAt: (skuId) => this.modified.get(skuId) ?? 0,
      lastModified: Math.max(0, ...this.modified.values()),
      concurrency: 3,
      now: () => this.now,
    })
  }

  private set(skuId: number, change: Partial<Sku>) {
    const sku = { isActive: true, ...this.catalog.get(skuId), ...change }
    this.history.push({ at: this.now, skus: new Map(this.catalog).set(skuId, sku) })
    this.modified.set(skuId, this.now)
  }

  private at(lag: number): Catalog {
    const states = this.history.filter(({ at }) => at <= this.now - lag)
    return states[states.length - 1]?.skus ?? new Map()
  }

  private async ask(what: Ask) {
    this.asked.push(what)
    this.fault(what, this.asked.length)
  }

  private readonly calls: MatchingContext['catalog'] = {
    skuByEan: async (ean) => {
      await this.ask(`ean ${ean}`)
      const found = [...this.at(this.lags.ean)].find(([, sku]) => sku.ean === ean)
      return found && contextOf(...found)
    },
    skuIdsByRefIds: async (refs) => {
      await this.ask(`refs ${refs.join()}`)
      const found = [...this.at(this.lags.refs)].flatMap(([id, { refId }]) =>
        refId !== undefined && refs.includes(refId) ? [[refId, id] as const] : []
      )
      return new Map(found)
    },
    skuDetails: async (skuId) => {
      await this.ask(`sku ${skuId}`)
      const sku = this.at(this.lags.sku).get(skuId)
      if (!sku) throw new UpstreamError('VTEX catalog', 'missing', 'status 404', 404)
      return contextOf(skuId, sku)
    },
  }

  private readonly documents = {
    list: async (folder: Folder) =>
      [...this.files.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1))
        .sort(),
    read: async (folder: Folder, name: string) => {
      this.seen.reads++
      return JSON.parse(this.files.get(`${folder}/${name}`) ?? 'null')
    },
    save: async (folder: Folder, name: string, document: unknown) => {
      if (folder === this.full) throw new StateError('full')
      this.seen.saves++
      this.files.set(`${folder}/${name}`, JSON.stringify(document))
    },
  } as unknown as Documents
}

const contextOf = (skuId: number, { isActive, ean, refId }: Sku): SkuDetails => ({
  skuId,
  isActive,
  ean,
  refId,
})

/** Makes look-ups of a kind go wrong. */
export const failing =
  (kind: 'ean' | 'refs' | 'sku', errorKind: UpstreamErrorKind, status?: number) => (ask: Ask) => {
    if (ask.startsWith(`${kind} `)) {
      throw new UpstreamError('VTEX catalog', errorKind, 'told so', status)
    }
  }

/** A world whose SKU 1 has EAN "E1" and reference "A", and so on, as many as there are references. */
export function lettered(references: string): MatchingWorld {
  const world = new MatchingWorld()
  for (const [index, refId] of [...references].entries()) {
    world.change(index + 1, { ean: `E${index + 1}`, refId })
  }
  world.wait(DAY)
  return world
}

/** What a row is matched to that leads to a SKU of such a world. */
export const letteredSku = (skuId: number, more = {}) => ({
  skuId,
  isActive: true,
  ean: `E${skuId}`,
  refId: 'ABCD'[skuId - 1],
  ...more,
})
