import DataLoader from 'dataloader'
import pLimit from 'p-limit'
import { REFS_A_CALL, type SkuDetails } from '../clients/catalog'
import { forEachConcurrently } from '../common/concurrency'
import { UpstreamError, unlessMissing } from '../common/upstreamError'
import type { ShardedStore } from '../state/shardedStore'
import type { CachedMatch, Identifiers, MatchingContext, MatchReads, Validity } from './cachedMatch'
import { isSourceFailure, MANY_IN_A_ROW, type ReadFailure, toItemFailure } from './itemFailure'

/** A row whose EAN leads nowhere, and since when that is known; undefined where it has none. */
interface WithoutEan extends Identifiers {
  eanUnknownAt: number | undefined
}

/**
 * Finds where the rows of a batch lead, as far as that is not remembered. Asks for each EAN, reference and
 * SKU once.
 */
export class IdentifierLoaders {
  /** Rows that could not be looked up now. */
  readonly failed = new Map<number, ReadFailure>()
  private readonly calls: CatalogCalls
  private readonly skus: DataLoader<string, Answered<SkuDetails | undefined>>
  private readonly skuIds: DataLoader<string, Answered<number | undefined>>
  private readonly contexts: DataLoader<number, Answered<SkuDetails>>

  constructor(
    private readonly reads: MatchReads,
    private readonly matches: ShardedStore<CachedMatch>,
    private readonly recall: Validity,
    private readonly around: MatchingContext
  ) {
    const calls = new CatalogCalls(around.concurrency, around.now)
    this.calls = calls
    this.skus = oneByOne((ean) => calls.ask('ean', () => reads.skuByEan(ean)))
    this.contexts = oneByOne((skuId) => calls.ask('sku', () => reads.skuDetails(skuId)))
    this.skuIds = new DataLoader((refs) => this.askReferences(refs), { maxBatchSize: REFS_A_CALL })
  }

  /** Remembers where each row leads. @throws {UpstreamError} what concerns all rows */
  async run(rows: readonly Identifiers[]): Promise<void> {
    const left: WithoutEan[] = []
    await this.each(rows, async (wanted) => {
      const row = await this.byWhatIsKnown(wanted)
      if (row) left.push(row)
    })
    // All at once: a call takes many references.
    await this.each(left, (row) => this.byReference(row))
    await this.calls.check(() => this.reads.control())
  }

  private each<T extends Identifiers>(rows: readonly T[], settle: (row: T) => Promise<void>) {
    return forEachConcurrently(rows, Number.POSITIVE_INFINITY, async (row) => {
      try {
        await settle(row)
      } catch (thrown) {
        this.failed.set(row.stockItemId, toItemFailure(thrown))
      }
    })
  }

  /** By what is remembered, or by its EAN; else it is answered, to be looked up by its reference. */
  private async byWhatIsKnown(wanted: Identifiers): Promise<WithoutEan | undefined> {
    const { stockItemId, ean } = wanted
    const old = this.recall.of(wanted)
    const unknownHolds = old !== undefined && this.recall.unknownHolds(stockItemId, old)
    if (old && !old.sku && unknownHolds) return undefined
    const wasByEan = ean !== undefined && old?.unknownAt === undefined
    if (old && wasByEan && (await this.stays(wanted, old, undefined))) return undefined

    let eanUnknownAt = unknownHolds ? old?.unknownAt : undefined
    if (ean !== undefined && eanUnknownAt === undefined) {
      const { at, answer: sku } = await this.skus.load(ean)
      if (sku) return this.remember(wanted, { sku, readAt: at })
      eanUnknownAt = at
    }
    if (old && !wasByEan && (await this.stays(wanted, old, eanUnknownAt))) return undefined
    return { ...wanted, eanUnknownAt }
  }

  /** Whether the SKU to which a row led still carries that by which it was found. */
  private async stays(
    wanted: Identifiers,
    old: CachedMatch,
    unknownAt: number | undefined
  ): Promise<boolean> {
    if (!old.sku) return false
    if (this.recall.skuHolds(wanted.stockItemId, old)) {
      const { sku, readAt } = old
      if (unknownAt !== old.unknownAt) this.remember(wanted, { sku, readAt, unknownAt })
      return true
    }
    const found = await unlessMissing(this.contexts.load(old.sku.skuId))
    if (!found) return false
    const { at: readAt, answer: sku } = found
    const byEan = wanted.ean !== undefined && unknownAt === undefined
    if (byEan ? sku.ean !== wanted.ean : sku.refId !== wanted.reference) return false
    this.remember(wanted, { sku, readAt, unknownAt })
    return true
  }

  private async byReference({ eanUnknownAt, ...wanted }: WithoutEan): Promise<void> {
    const { reference } = wanted
    const now = this.around.now()
    const found = reference === undefined ? undefined : await this.skuIds.load(reference)
    if (found?.answer === undefined) {
      const askedAt = Math.min(eanUnknownAt ?? now, found?.at ?? now)
      return this.remember(wanted, { readAt: askedAt, unknownAt: askedAt })
    }
    const { at, answer: sku } = await this.contexts.load(found.answer)
    this.remember(wanted, { sku, readAt: Math.min(at, found.at), unknownAt: eanUnknownAt })
  }

  /** Where a reference spoils the answer to the whole group, it is found by asking for ever smaller ones. */
  private async askReferences(
    refs: readonly string[]
  ): Promise<Array<Answered<number | undefined> | Error>> {
    try {
      const { at, answer } = await this.calls.ask('reference', () =>
        this.reads.skuIdsByRefIds(refs)
      )
      return refs.map((ref) => ({ at, answer: answer.get(ref) }))
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown
      if (refs.length === 1 || !isOfSomeValue(thrown)) return refs.map(() => thrown)
      const half = Math.ceil(refs.length / 2)
      const first = await this.askReferences(refs.slice(0, half))
      return [...first, ...(await this.askReferences(refs.slice(half)))]
    }
  }

  private remember(
    { stockItemId, ean, reference }: Identifiers,
    { sku, ...found }: Pick<CachedMatch, 'sku' | 'readAt' | 'unknownAt'>
  ): undefined {
    const rival = this.matches.get(stockItemId)?.rival
    this.matches.set(stockItemId, { ean, reference, rival, ...found, ...(sku && brief(sku)) })
  }
}

/** Each key by a call of its own, and once. */
const oneByOne = <Key, T>(ask: (key: Key) => Promise<T>) =>
  new DataLoader((keys: readonly Key[]) => Promise.all(keys.map(ask)), { batch: false })

/** VTEX tells more of a SKU than is to be remembered of a row. */
const brief = ({ skuId, isActive, refId, ean }: NonNullable<CachedMatch['sku']>) => ({
  sku: { skuId, isActive, refId, ean },
})

/** What may be due to what a row asks for. VTEX catalog: 500 for some lists of references. */
const isOfSomeValue = (thrown: unknown): boolean =>
  thrown instanceof UpstreamError &&
  (thrown.status === 500 || thrown.kind === 'refused' || thrown.kind === 'malformed')

type Kind = 'ean' | 'reference' | 'sku'

/** What VTEX answered, and the moment before it was asked. */
export interface Answered<T> {
  at: number
  answer: T
}

/** What became of the look-ups of a kind. */
interface Seen {
  hasAnswer: boolean
  /** Refused since the last answer. */
  inARow: number
  refusal?: UpstreamError
}

const unseen = (): Seen => ({ hasAnswer: false, inARow: 0 })

/** Text that people typed is looked for: a 400 may be due to it, however many there are. */
const isRefusal = (thrown: unknown): thrown is UpstreamError =>
  thrown instanceof UpstreamError && thrown.kind === 'refused' && thrown.status !== 400

/** The look-ups of a batch, some at a time. Tells one that VTEX refuses from a catalog that does not let the app in. */
export class CatalogCalls {
  private readonly seen: Record<Kind, Seen> = { ean: unseen(), reference: unseen(), sku: unseen() }
  private readonly limit: pLimit.Limit
  /** What concerns all look-ups. */
  private fatal: unknown

  constructor(
    concurrency: number,
    private readonly now: () => number
  ) {
    this.limit = pLimit(concurrency)
  }

  /**
   * Asks, unless something concerned all look-ups, or many of this kind in a row were refused.
   * @throws {UpstreamError} also what kept it from asking
   */
  ask<T>(kind: Kind, call: () => Promise<T>): Promise<Answered<T>> {
    return this.limit(async () => {
      const seen = this.seen[kind]
      if (this.fatal !== undefined) throw this.fatal
      if (seen.refusal && seen.inARow >= MANY_IN_A_ROW) throw seen.refusal
      const at = this.now()
      try {
        const answer = await call()
        seen.hasAnswer = true
        seen.inARow = 0
        return { at, answer }
      } catch (thrown) {
        if (isSourceFailure(thrown)) this.fatal = thrown
        if (isRefusal(thrown)) {
          seen.inARow++
          seen.refusal = thrown
        }
        throw thrown
      }
    })
  }

  /**
   * Whoever was refused at times was so for reasons of single rows. Where nothing of a kind was answered, many in a
   * row are as good as all, and of few `control` decides, which asks for what is no row's.
   * @throws {UpstreamError} where all of them are refused
   */
  async check(control: () => Promise<void>): Promise<void> {
    for (const { hasAnswer, inARow, refusal } of Object.values(this.seen)) {
      if (hasAnswer || !refusal) continue
      if (inARow >= MANY_IN_A_ROW) throw refusal
      await control()
    }
  }
}
