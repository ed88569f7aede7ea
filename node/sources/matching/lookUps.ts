import { splitEvery } from 'ramda'

import { REFS_A_CALL, type SkuContext } from '../../clients/catalog'
import { UpstreamError, unlessMissing } from '../../clients/upstreamError'
import type { KeptById } from '../../state/keptById'
import { failureOfOne, type ReadFailure } from '../concernsAll'
import { forEachOf } from '../forEachOf'
import type { AroundMatches, MatchReads } from '../matches'
import { Refusals } from './refusals'
import type { Recall, Remembered, Wanted } from './remembered'

/** What VTEX said, and the moment before it was asked. */
interface Said<T> {
  at: number
  answer: T
}

/** A row whose EAN leads nowhere, and since when that is known; undefined where it has none. */
interface WithoutEan {
  wanted: Wanted
  eanUnknownAt: number | undefined
}

/**
 * Finds where the rows of a slice lead, as far as that is not remembered. Asks for each EAN, reference and
 * SKU once.
 */
export class LookUps {
  /** Rows that could not be looked up now. */
  readonly failed = new Map<number, ReadFailure>()
  private readonly skuIds = new Map<string, Said<number | undefined>>()
  private readonly unreadable = new Map<string, ReadFailure>()
  private readonly refusals = new Refusals()
  private readonly skuByEan: (ean: string) => Promise<Said<SkuContext | undefined>>
  private readonly skuContext: (skuId: number) => Promise<Said<SkuContext>>

  constructor(
    private readonly reads: MatchReads,
    private readonly matches: KeptById<Remembered>,
    private readonly recall: Recall,
    private readonly around: AroundMatches
  ) {
    const { refusals } = this
    const byEan = (ean: string) => refusals.watch('ean', () => reads.skuByEan(ean))
    const byId = (skuId: number) => refusals.watch('sku', () => reads.skuContext(skuId))
    this.skuByEan = once(byEan, around.now)
    this.skuContext = once(byId, around.now)
  }

  /** Remembers where each row leads. @throws {UpstreamError} what concerns all rows */
  async run(rows: readonly Wanted[]): Promise<void> {
    const { concurrency } = this.around
    const byReference: WithoutEan[] = []
    await forEachOf(rows, concurrency, (wanted) =>
      this.orFailed(wanted, async () => {
        const left = await this.byWhatIsKnown(wanted)
        if (left) byReference.push(left)
      })
    )
    const references = byReference.flatMap(({ wanted: { reference } }) => reference ?? [])
    const asked = [...new Set(references)].filter((ref) => !this.isAsked(ref))
    const groups = splitEvery(REFS_A_CALL, asked)
    await forEachOf(groups, concurrency, (group) => this.askReferences(group))
    await forEachOf(byReference, concurrency, (row) =>
      this.orFailed(row.wanted, () => this.atItsReference(row))
    )
    await this.refusals.check(() => this.reads.control())
  }

  private isAsked(reference: string): boolean {
    return this.skuIds.has(reference) || this.unreadable.has(reference)
  }

  private async orFailed({ stockItemId }: Wanted, settle: () => Promise<void>): Promise<void> {
    try {
      await settle()
    } catch (thrown) {
      this.failed.set(stockItemId, failureOfOne(thrown))
    }
  }

  /** By what is remembered, or by its EAN; else it is answered, to be looked up by its reference. */
  private async byWhatIsKnown(wanted: Wanted): Promise<WithoutEan | undefined> {
    const { stockItemId, ean } = wanted
    const old = this.recall.of(wanted)
    const unknownHolds = old !== undefined && this.recall.unknownHolds(stockItemId, old)
    if (old && !old.sku && unknownHolds) return undefined
    const wasByEan = ean !== undefined && old?.unknownAt === undefined
    if (old && wasByEan && (await this.stays(wanted, old, old.unknownAt))) return undefined

    let eanUnknownAt = unknownHolds ? old?.unknownAt : undefined
    if (ean !== undefined && eanUnknownAt === undefined) {
      const { at, answer: sku } = await this.skuByEan(ean)
      if (sku) {
        this.remember(wanted, { sku, readAt: at })
        return undefined
      }
      eanUnknownAt = at
    }
    if (old && !wasByEan && (await this.stays(wanted, old, eanUnknownAt))) return undefined
    return { wanted, eanUnknownAt }
  }

  /** Whether the SKU to which a row led still carries that by which it was found. */
  private async stays(
    wanted: Wanted,
    old: Remembered,
    unknownAt: number | undefined
  ): Promise<boolean> {
    if (!old.sku) return false
    if (this.recall.skuHolds(wanted.stockItemId, old)) {
      const { sku, readAt } = old
      if (unknownAt !== old.unknownAt) this.remember(wanted, { sku, readAt, unknownAt })
      return true
    }
    const said = await unlessMissing(this.skuContext(old.sku.skuId))
    if (!said) return false
    const { at: readAt, answer: sku } = said
    const byEan = wanted.ean !== undefined && unknownAt === undefined
    if (byEan ? sku.ean !== wanted.ean : sku.refId !== wanted.reference) return false
    this.remember(wanted, { sku, readAt, unknownAt })
    return true
  }

  private async atItsReference({ wanted, eanUnknownAt }: WithoutEan): Promise<void> {
    const { reference = '' } = wanted
    const failure = this.unreadable.get(reference)
    if (failure) {
      this.failed.set(wanted.stockItemId, failure)
      return
    }
    const said = this.skuIds.get(reference)
    const askedAt = Math.min(eanUnknownAt ?? this.around.now(), said?.at ?? this.around.now())
    if (said?.answer === undefined) {
      this.remember(wanted, { readAt: askedAt, unknownAt: askedAt })
      return
    }
    const { at, answer: sku } = await this.skuContext(said.answer)
    this.remember(wanted, { sku, readAt: Math.min(at, said.at), unknownAt: eanUnknownAt })
  }

  /** Where a reference spoils the answer to the whole group, it is found by asking for ever smaller ones. */
  private async askReferences(group: readonly string[]): Promise<void> {
    const at = this.around.now()
    try {
      const ids = await this.refusals.watch('reference', () => this.reads.skuIdsByRefIds(group))
      for (const ref of group) this.skuIds.set(ref, { at, answer: ids.get(ref) })
    } catch (thrown) {
      if (group.length > 1 && isOfSomeValue(thrown)) {
        const half = Math.ceil(group.length / 2)
        for (const part of splitEvery(half, group)) await this.askReferences(part)
        return
      }
      const failure = failureOfOne(thrown)
      for (const ref of group) this.unreadable.set(ref, failure)
    }
  }

  private remember(
    { stockItemId, ean, reference }: Wanted,
    { sku, ...found }: Pick<Remembered, 'sku' | 'readAt' | 'unknownAt'>
  ) {
    const rival = this.matches.get(stockItemId)?.rival
    this.matches.set(stockItemId, { ean, reference, rival, ...found, ...(sku && brief(sku)) })
  }
}

/** VTEX tells more of a SKU than is to be remembered of a row. */
const brief = ({ skuId, isActive, refId, ean }: NonNullable<Remembered['sku']>) => ({
  sku: { skuId, isActive, refId, ean },
})

function once<Key, T>(ask: (key: Key) => Promise<T>, now: () => number) {
  const asked = new Map<Key, Promise<Said<T>>>()
  return (key: Key): Promise<Said<T>> => {
    const at = now()
    const said = asked.get(key) ?? ask(key).then((answer) => ({ at, answer }))
    asked.set(key, said)
    return said
  }
}

/** What may be due to what a row asks for. VTEX catalog: 500 for some lists of references. */
const isOfSomeValue = (thrown: unknown): boolean =>
  thrown instanceof UpstreamError &&
  (thrown.status === 500 || thrown.trouble === 'refused' || thrown.trouble === 'malformed')
