import { once, partition } from 'ramda'

import type { SkuContext } from '../clients/catalog'
import { unlessMissing } from '../clients/upstreamError'
import type { Entry } from '../ledger/entry'
import { Ledger } from '../ledger/ledger'
import { OWN_SELLER } from '../offers/sellerId'
import type { Failure, MappedOffer, WhyZero } from '../offers/stockOffer'
import { sourceOfSeller } from '../settings/sellers'
import type { Settings } from '../settings/settings'
import { failureOfOne } from '../sources/concernsAll'
import type { SingleRows, SkuReading, SkuSource, SliceReader, Sources } from '../sources/source'
import type { Documents } from '../state/documents'
import type { Range } from './names'
import { type Candidate, rangeOf, type Told } from './passedOver'

/** What is asked for of what Intershop was told. */
export interface Asked {
  isCandidate: Candidate
  toldWithin(range: Range): Promise<Told>
  /** Tells what is reported as failed already; asked for once for a slice, if anything of it fails. */
  reported(): Promise<Candidate>
  /** Sellers that are not asked for: what Intershop sells of them is kept back. */
  withheld: ReadonlySet<string>
}

/**
 * Offers that Intershop was told of and no source told of this time. Each is read on its own: that a list does not
 * have it proves nothing.
 */
export function passedOverOffers(
  { documents, now }: { documents: Documents; now: () => number },
  sources: Sources,
  settings: Settings,
  { isCandidate, toldWithin, reported, withheld }: Asked
): Pick<SkuSource, 'open' | 'concurrency' | 'admission'> {
  const admission = sources.own?.admission ?? sources.sellers?.admission
  return {
    concurrency: settings.maxConcurrency,
    ...(admission && { admission }),
    open: async ({ ids }) => {
      const [ledger, isTold, own, sellers] = await Promise.all([
        Ledger.open(documents, ids),
        toldWithin(rangeOf(ids)),
        sources.own?.open({ ids }),
        sources.sellers?.open({ ids }),
      ])
      const readers = { own, sellers }
      const reportedOnce = once(reported)
      return {
        close: async () => {
          await own?.close()
          await sellers?.close()
        },
        read: async (skuId) => {
          const isLeft = (entry: Entry) =>
            isCandidate(skuId, entry) && !isTold(skuId, entry.sellerId)
          const entries = ledger.entries(skuId).filter(isLeft)
          const [former, named] = partition((entry) => entry.former === true, entries)
          const [kept, asked] = partition(({ sellerId }) => withheld.has(sellerId), named)
          const reading = new DirectReading(skuId, sources, settings, now)
          for (const entry of former) reading.isRenamed(entry)
          for (const entry of kept) reading.isGone(entry)
          await reading.read(asked, readers)
          const { failures, ...found } = reading.found
          if (failures.length === 0) return reading.found
          const isReported = await reportedOnce()
          const before = asked.filter((entry) => isReported(skuId, entry))
          const isNews = ({ sellerId }: Failure) =>
            before.every((entry) => entry.sellerId !== sellerId)
          return { ...found, failures: failures.filter(isNews) }
        },
      }
    },
  }
}

type Readers = Partial<Record<'own' | 'sellers', SliceReader | undefined>>

class DirectReading {
  readonly found = {
    offers: [] as SkuReading['offers'],
    failures: [] as SkuReading['failures'],
    vanished: [] as MappedOffer[],
  }
  private context: Promise<SkuContext | undefined> | undefined

  constructor(
    private readonly skuId: number,
    private readonly sources: Sources,
    private readonly settings: Settings,
    private readonly now: () => number
  ) {}

  isGone(entry: Entry) {
    this.isZero(entry, 'vanished')
  }

  isRenamed(entry: Entry) {
    this.isZero(entry, 'renamed')
  }

  private isZero({ sellerId, offerSku }: Entry, why: WhyZero) {
    const { skuId } = this
    const observedAt = this.now()
    this.found.vanished.push({ skuId, sellerId, offerSku, quantity: 0, observedAt, why })
  }

  /** @throws {UpstreamError} what concerns all */
  async read(entries: readonly Entry[], readers: Readers): Promise<void> {
    for (const name of ['own', 'sellers'] as const) {
      const asked = entries.filter(({ sellerId }) => this.sourceOf(sellerId) === name)
      const reader = readers[name]
      if (asked.length > 0 && reader) await this.ofSku(asked, reader)
    }
    for (const entry of entries) {
      if (this.sourceOf(entry.sellerId) === 'centra') await this.ofRow(entry)
    }
  }

  private sourceOf(sellerId: string) {
    return sourceOfSeller(this.settings, sellerId)
  }

  private async ofSku(entries: readonly Entry[], reader: SliceReader): Promise<void> {
    const { offers, failures } = await reader.read(this.skuId)
    for (const entry of entries) {
      const { sellerId } = entry
      const offer = offers.find((each) => each.sellerId === sellerId)
      if (offer) this.found.offers.push(offer)
      else await this.orGone(entry, failures)
    }
  }

  /** A failure to read it may be due to its being gone: VTEX's catalog is asked whether there is such an offer. */
  private async orGone(entry: Entry, failures: SkuReading['failures']): Promise<void> {
    const { skuId } = this
    const { sellerId } = entry
    try {
      const context = await this.contextOf()
      if (!context || isUnbound(context, sellerId)) return this.isGone(entry)
      const [failure = UNREGISTERED] = failures
      this.found.failures.push({ ...failure, skuId, sellerId })
    } catch (thrown) {
      this.found.failures.push({ skuId, sellerId, ...failureOfOne(thrown) })
    }
  }

  private contextOf(): Promise<SkuContext | undefined> {
    this.context ??= unlessMissing(this.sources.direct.skuContext(this.skuId))
    return this.context
  }

  /** A row that is there and leads to its SKU is an offer; to another one, or nowhere, none of this SKU's. */
  private async ofRow(entry: Entry): Promise<void> {
    const { skuId } = this
    const { sellerId, rowId } = entry
    if (rowId === undefined || !this.sources.centra) return
    try {
      const found = await this.sources.centra.rows([rowId])
      const own = found.offers.filter((offer) => offer.skuId === skuId)
      const failures = found.failures.map((failure) => ({ ...failure, skuId }))
      for (const offer of own) this.found.offers.push(offer)
      for (const failure of failures) this.found.failures.push(failure)
      if (own.length + failures.length > 0 || found.unmapped.some(isDisputed)) return
      // Whoever looks for a SKU may be told that there is none: the SKU's own record decides.
      const context = found.identities.length > 0 ? await this.contextOf() : undefined
      const stays = context && found.identities.some((identity) => isOf(identity, context))
      if (stays) this.found.failures.push({ ...NOT_FOUND, skuId, rowId, sellerId })
      else this.isGone(entry)
    } catch (thrown) {
      this.found.failures.push({ skuId, rowId, sellerId, ...failureOfOne(thrown) })
    }
  }
}

/** The account itself needs no binding. What VTEX does not tell is no proof. */
const isUnbound = ({ sellers }: SkuContext, sellerId: string) =>
  sellerId !== OWN_SELLER &&
  sellers !== undefined &&
  sellers.every((binding) => binding.sellerId !== sellerId)

/** Another row leads to the same SKU: what is right is told by that one, or by neither. */
const isDisputed = ({ code }: Failure) => code === 'ambiguous' || code === 'inactive'

/** Whether a row says that it is this SKU. */
const isOf = ({ ean, reference }: SingleRows['identities'][number], context: SkuContext): boolean =>
  (ean !== undefined && ean === context.ean) ||
  (reference !== undefined && reference === context.refId)

const NOT_FOUND = {
  code: 'match_lost',
  message: 'the row says that it is this SKU, and VTEX does not find the SKU by it',
}

const UNREGISTERED = {
  code: 'seller_unregistered',
  message: "the SKU is bound to this seller, of whom VTEX's seller register does not tell",
}
