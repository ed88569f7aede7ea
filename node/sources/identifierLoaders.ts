import DataLoader from 'dataloader'
import pLimit from 'p-limit'
import { pick } from 'ramda'
import { z } from 'zod'
import type { ChangeIndex } from '../changes/changeIndex'
import { type Catalog, REFS_A_CALL, skuFields } from '../clients/catalog'
import type { StockRow } from '../clients/centraStockPage'
import { forEachConcurrently } from '../common/concurrency'
import type { ErrorSummary } from '../common/errors'
import { isValid, refreshSample } from '../common/freshness'
import { isOfKind, UpstreamError, unlessMissing } from '../common/upstreamError'
import type { ShardedStore } from '../state/shardedStore'
import { isSourceFailure, MANY_IN_A_ROW, toItemFailure } from './source'

export interface MatchedRow
  extends Pick<StockRow, 'stockItemId' | 'sku' | 'variantSku' | 'sizeSku' | 'active'> {
  ean?: StockRow['ean']
}

/** Reads a row from Centra by its id; undefined if there is none. @throws {UpstreamError} if it is unreadable */
export type LookAtRow = (stockItemId: number) => Promise<MatchedRow | undefined>

/** What matching needs besides the rows: when SKUs were modified, the time, and whom it asks. */
export interface MatchingContext extends Pick<ChangeIndex, 'modifiedAt' | 'lastModified'> {
  concurrency: number
  now: () => number
  catalog: Pick<Catalog, 'skuByEan' | 'skuIdsByRefIds' | 'skuDetails'>
  row: LookAtRow
  /** @throws {UpstreamError} `refused` if the catalog rejects all of the app's requests */
  control: () => Promise<void>
}

/** The cached match of a row, by `stockItemId`. Times are UTC milliseconds, taken before the call. */
export const cachedMatchSchema = z.object({
  /** The identifiers that were looked up. */
  ean: z.string().optional(),
  reference: z.string().optional(),
  /** The SKU that they lead to, even if other rows lead there too; absent if unmatched. */
  sku: skuFields
    .pick({ isActive: true, refId: true, ean: true })
    .extend({ skuId: z.number().int() })
    .optional(),
  readAt: z.number(),
  /** When VTEX last had no SKU with the EAN; without `sku`, with the reference neither. */
  unknownAt: z.number().optional(),
  /** Another stock item that last led to the same SKU. */
  conflictsWith: z.number().optional(),
})

export type CachedMatch = z.infer<typeof cachedMatchSchema>

/** By what a row is looked up in VTEX. */
export interface Identifiers extends Pick<CachedMatch, 'ean' | 'reference'> {
  stockItemId: number
}

/** VTEX's fields are shorter. */
const MAX_LENGTH = 255

const usable = (text: string): string | undefined =>
  text.trim() && text.length <= MAX_LENGTH ? text : undefined

/** Centra: the full SKU of a size concatenates those of product, variant and size. */
export const fullSku = ({ sku, variantSku, sizeSku }: MatchedRow) => sku + variantSku + sizeSku

/** The identifiers of a row; those that VTEX's fields cannot hold are left out. */
export const identifiersOf = (row: MatchedRow): Identifiers => ({
  stockItemId: row.stockItemId,
  ean: usable(row.ean?.trim() ?? ''),
  reference: usable(fullSku(row)),
})

/** A row whose EAN, if it has one, is unknown to VTEX, and since when. */
type WithoutEan = Identifiers & { eanUnknownAt: number | undefined }

/** Looks up the SKUs of rows, unless a cached match holds. Asks for each value once. */
export class IdentifierLoaders {
  /** Rows that could not be looked up now. */
  readonly failed = new Map<number, ErrorSummary>()
  /** The time of all look-ups, each of which comes after it, UTC milliseconds. */
  private readonly openedAt: number
  /** Rows that are looked up again although their cached match is valid. */
  private readonly refreshed: ReadonlySet<number>
  private readonly calls: Record<'ean' | 'reference' | 'sku', CatalogCalls>
  private readonly skus = oneByOne((ean: string) =>
    this.calls.ean.ask(() => this.context.catalog.skuByEan(ean))
  )
  private readonly details = oneByOne((skuId: number) =>
    this.calls.sku.ask(() => this.context.catalog.skuDetails(skuId))
  )
  private readonly skuIds = new DataLoader(
    (references: readonly string[]) => this.askReferences(references),
    { maxBatchSize: REFS_A_CALL }
  )

  /** @param ids the batch's rows, read into `matches` */
  constructor(
    private readonly matches: ShardedStore<CachedMatch>,
    ids: readonly number[],
    private readonly context: MatchingContext
  ) {
    this.openedAt = context.now()
    this.refreshed = refreshSample(ids, (id) => matches.get(id)?.readAt, this.openedAt)
    const limit = pLimit(context.concurrency)
    const calls = () => new CatalogCalls(limit)
    this.calls = { ean: calls(), reference: calls(), sku: calls() }
  }

  /** Updates the cached match of each row. @throws {UpstreamError} what concerns all rows */
  async run(rows: readonly Identifiers[]): Promise<void> {
    const left: WithoutEan[] = []
    await this.each(rows, async (wanted) => {
      const row = await this.byCacheOrEan(wanted)
      if (row) left.push(row)
    })
    // All together, since a call takes many references.
    await this.each(left, (row) => this.byReference(row))
    for (const calls of Object.values(this.calls)) await calls.check(this.context.control)
  }

  private each<T extends Identifiers>(rows: readonly T[], settle: (row: T) => Promise<void>) {
    return forEachConcurrently(rows, Number.POSITIVE_INFINITY, (row) =>
      settle(row).catch((thrown: unknown) => {
        this.failed.set(row.stockItemId, toItemFailure(thrown))
      })
    )
  }

  /** Returns the row if it has to be looked up by its reference. */
  private async byCacheOrEan(wanted: Identifiers): Promise<WithoutEan | undefined> {
    const { stockItemId, ean, reference } = wanted
    const cached = this.matches.get(stockItemId)
    const old = cached?.ean === ean && cached?.reference === reference ? cached : undefined
    // Until any SKU is modified, none gets the identifiers.
    const unknownHolds = this.holds(stockItemId, old?.unknownAt, this.context.lastModified)
    if (old && !old.sku && unknownHolds) return undefined
    const wasByEan = ean !== undefined && old?.unknownAt === undefined
    if (old && wasByEan && (await this.stillMatches(wanted, old, undefined))) return undefined

    let eanUnknownAt = unknownHolds ? old?.unknownAt : undefined
    if (ean !== undefined && eanUnknownAt === undefined) {
      const sku = await this.skus.load(ean)
      if (sku) return this.cache(wanted, { sku })
      eanUnknownAt = this.openedAt
    }
    if (old && !wasByEan && (await this.stillMatches(wanted, old, eanUnknownAt))) return undefined
    return { ...wanted, eanUnknownAt }
  }

  /** Whether what VTEX said of a row is still valid. */
  private holds(stockItemId: number, readAt: number | undefined, modifiedAt: number): boolean {
    if (readAt === undefined || this.refreshed.has(stockItemId)) return false
    return isValid(readAt, modifiedAt, this.openedAt)
  }

  /** Whether the SKU of a cached match still has the identifier by which it was found. */
  private async stillMatches(
    wanted: Identifiers,
    old: CachedMatch,
    unknownAt: number | undefined
  ): Promise<boolean> {
    if (!old.sku) return false
    const { skuId } = old.sku
    if (this.holds(wanted.stockItemId, old.readAt, this.context.modifiedAt(skuId))) {
      if (unknownAt !== old.unknownAt) this.cache(wanted, { ...old, unknownAt })
      return true
    }
    const sku = await unlessMissing(this.details.load(skuId))
    const byEan = wanted.ean !== undefined && unknownAt === undefined
    if (!sku || (byEan ? sku.ean !== wanted.ean : sku.refId !== wanted.reference)) return false
    this.cache(wanted, { sku, unknownAt })
    return true
  }

  private async byReference({ eanUnknownAt, ...wanted }: WithoutEan): Promise<void> {
    const { reference } = wanted
    const skuId = reference === undefined ? undefined : await this.skuIds.load(reference)
    if (skuId !== undefined) {
      this.cache(wanted, { sku: await this.details.load(skuId), unknownAt: eanUnknownAt })
    } else {
      const unknownAt = eanUnknownAt ?? this.openedAt
      this.cache(wanted, { readAt: unknownAt, unknownAt })
    }
  }

  /** One reference can make the call of its whole group fail: halves the group until it is found. */
  private async askReferences(refs: readonly string[]): Promise<Array<number | undefined | Error>> {
    try {
      const ask = () => this.context.catalog.skuIdsByRefIds(refs)
      const found = await this.calls.reference.ask(ask)
      return refs.map((ref) => found.get(ref))
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown
      if (refs.length === 1 || !mayBeOfOneValue(thrown)) return refs.map(() => thrown)
      const half = Math.ceil(refs.length / 2)
      const first = await this.askReferences(refs.slice(0, half))
      return [...first, ...(await this.askReferences(refs.slice(half)))]
    }
  }

  private cache(
    { stockItemId, ean, reference }: Identifiers,
    { sku: details, readAt = this.openedAt, unknownAt }: Partial<CachedMatch>
  ): undefined {
    const { conflictsWith } = this.matches.get(stockItemId) ?? {}
    const sku = details && pick(['skuId', 'isActive', 'refId', 'ean'], details)
    this.matches.set(stockItemId, { ean, reference, conflictsWith, readAt, unknownAt, sku })
  }
}

/** Each key by a call of its own, and once. */
const oneByOne = <Key, T>(ask: (key: Key) => Promise<T>) =>
  new DataLoader((keys: readonly Key[]) => Promise.all(keys.map(ask)), { batch: false })

/** Whether one of the values may cause the error. VTEX catalog: 500 for some lists of references. */
const mayBeOfOneValue = (thrown: unknown): boolean =>
  isOfKind(thrown, 'refused', 'malformed') ||
  (thrown instanceof UpstreamError && thrown.status === 500)

/** People type the identifiers: a 400 may be due to the value, however many there are. */
const isRefusal = (thrown: unknown): thrown is UpstreamError =>
  isOfKind(thrown, 'refused') && thrown.status !== 400

/** A batch's catalog calls of one kind. Finds out whether VTEX refuses single values or all. */
class CatalogCalls {
  private hasAnswer = false
  private refusal: UpstreamError | undefined
  /** Refused calls since the last answer. */
  private inARow = 0
  /** An error that concerns all calls. */
  private fatal: unknown

  constructor(private readonly limit: pLimit.Limit) {}

  /** Fails without a call after an error that concerns all, or many refusals. */
  ask<T>(call: () => Promise<T>): Promise<T> {
    return this.limit(async () => {
      if (this.fatal !== undefined) throw this.fatal
      if (this.refusal && this.inARow >= MANY_IN_A_ROW) throw this.refusal
      try {
        const answer = await call()
        this.hasAnswer = true
        this.inARow = 0
        return answer
      } catch (thrown) {
        if (isSourceFailure(thrown)) this.fatal = thrown
        if (isRefusal(thrown)) {
          this.inARow++
          this.refusal = thrown
        }
        throw thrown
      }
    })
  }

  /**
   * After an answer, refusals were of single values. Else many in a row count as all, and for few `control` decides,
   * which asks for none of the values.
   * @throws {UpstreamError} if all are refused
   */
  async check(control: () => Promise<void>): Promise<void> {
    if (this.hasAnswer || !this.refusal) return
    if (this.inARow >= MANY_IN_A_ROW) throw this.refusal
    await control()
  }
}
