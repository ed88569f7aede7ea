import type { SkuDetails } from '../clients/catalog'
import { UpstreamError, unlessMissing } from '../common/upstreamError'
import { identifierIn, OWN_SELLER, offerIdentity, type SkuIdentity } from '../offers/offerSku'
import { type OfferName, offerKey } from '../offers/stockOffer'
import { entryOf } from '../published/entry'
import type { LedgerView } from '../published/ledger'
import type { Claim, NameClaims } from '../published/nameClaims'
import { sourceOfSeller } from '../settings/sellers'
import { centraOf, type Settings } from '../settings/settings'
import type { DirectReads, PagedSource } from '../sources/source'
import type { Documents } from '../state/documents'
import type { BatchResult } from './batchResult'

/** An offer, whatever it is called. */
export type OfferId = Pick<OfferName, 'skuId' | 'sellerId'>

/** Where it is read who has a name now. */
export interface HolderReads {
  documents: Documents
  settings: Settings
  direct: DirectReads
  ledger: LedgerView
  /** Absent where an export does not read Centra. */
  centraRows?: PagedSource['rows'] | undefined
}

/** Who has a name in Intershop now: by claims, each of which is verified, and by VTEX's look-up. */
export class Holders {
  /** What the offers of a part are called, by their keys; undefined where they have no name, or are gone. */
  private readonly offerSkus: ReadonlyMap<string, string | undefined>
  private registered: Promise<ReadonlySet<string>> | undefined
  private readonly skuDetails = new Map<number, Promise<SkuDetails | undefined>>()

  constructor(
    { offers, unmapped }: Pick<BatchResult, 'offers' | 'unmapped'>,
    private readonly claims: NameClaims,
    private readonly reads: HolderReads
  ) {
    const nameless = unmapped.flatMap(({ skuId, sellerId }) =>
      skuId === undefined || sellerId === undefined ? [] : [offerKey({ skuId, sellerId })]
    )
    this.offerSkus = new Map([
      ...nameless.map((key) => [key, undefined] as const),
      ...offers.map((each) => [offerKey(each), each.why ? undefined : each.offerSku] as const),
    ])
  }

  /** Whether another offer claims the name, rightly or not. */
  isContested({ offerSku, ...offer }: OfferName): boolean {
    return this.claims.of(offerSku).some((claim) => offerKey(claim) !== offerKey(offer))
  }

  /**
   * Another offer that claims the name and has it now.
   * @throws {UpstreamError} {@link StateError}
   */
  async claimant({ offerSku, ...offer }: OfferName): Promise<OfferId | undefined> {
    for (const claim of this.claims.of(offerSku)) {
      if (offerKey(claim) === offerKey(offer)) continue
      if (await this.hasName(offerSku, claim)) return claim
      this.claims.release(offerSku, claim)
    }
    return undefined
  }

  /**
   * Another offer that has the name now, also where it was never read.
   * @throws {UpstreamError} {@link StateError}
   */
  async holder(offer: OfferName): Promise<OfferId | undefined> {
    return (await this.claimant(offer)) ?? (await this.lookedUp(offer))
  }

  /** Whether Intershop surely was sent an offer by this name last. @throws {StateError} */
  async wasSent(offer: OfferId, name: string): Promise<boolean> {
    const entry = await this.lastSent(offer)
    return entry?.offerSku === name && entry.isCertain
  }

  /**
   * Another seller's offer that is called so by VTEX, also where it was never read.
   * @throws {UpstreamError} {@link StateError}
   */
  async otherSellers({ offerSku, ...offer }: OfferName): Promise<OfferId | undefined> {
    const { settings } = this.reads
    for (const sellerId of await this.sellerIds(offerSku)) {
      if (sellerId === offer.sellerId || sourceOfSeller(settings, sellerId) !== 'sellers') continue
      const identifier = identifierIn(offerSku, sellerId, settings.offerSku)
      const skuId = identifier && (await this.ownerOf(identifier))
      if (skuId && (await this.hasName(offerSku, { skuId, sellerId, at: 0 }))) {
        return { skuId, sellerId }
      }
    }
    return undefined
  }

  /** Whose id a name may end in. */
  private async sellerIds(name: string): Promise<Iterable<string>> {
    const { settings, direct } = this.reads
    if (settings.sellers.length > 0) return settings.sellers
    if (settings.offerSku === '' && !name.includes('_')) return []
    // The account's own stock does not wait for the register: claims tell of the other offer once that is read.
    this.registered ??= direct.sellerIds().catch(() => new Set())
    return this.registered
  }

  private async hasName(name: string, { skuId, sellerId, rowId }: Claim): Promise<boolean> {
    const { settings, centraRows } = this.reads
    const key = offerKey({ skuId, sellerId })
    if (this.offerSkus.has(key)) return this.offerSkus.get(key) === name
    const source = sourceOfSeller(settings, sellerId)
    if (source === undefined) return false
    if (source === 'centra' && centraRows) {
      if (rowId === undefined) return false
      const { offers, failures } = await centraRows([rowId])
      if (offers.some((each) => each.skuId === skuId && this.isCalled(name, each, sellerId))) {
        return true
      }
      const [failure] = failures
      if (failure) throw new UpstreamError('Centra', 'malformed', failure.message)
      return false
    }
    const context = await this.skuDetailsOf(skuId)
    return (
      context !== undefined &&
      this.isCalled(name, context, sellerId) &&
      (source === 'centra' || isBound(context, sellerId))
    )
  }

  private isCalled(name: string, sku: SkuIdentity, sellerId: string): boolean {
    const { skuIdentifier, offerSku: template } = this.reads.settings
    const identity = offerIdentity(sku, sellerId, skuIdentifier, template)
    return 'offerSku' in identity && identity.offerSku === name
  }

  private async lookedUp(offer: OfferName): Promise<OfferId | undefined> {
    for (const { sellerId, spelling } of this.identifiers(offer)) {
      const skuId = await this.ownerOf(spelling)
      // VTEX's index lags: that it still knows the SKU by its old reference proves nothing.
      if (skuId === undefined || (skuId === offer.skuId && sellerId === offer.sellerId)) continue
      if (await this.isSellable(skuId, sellerId)) return { skuId, sellerId }
    }
    return undefined
  }

  /** Whose name it may be by the template, and the identifier that VTEX is to be asked for then. */
  private *identifiers({ skuId, sellerId: own, offerSku }: OfferName) {
    const { settings } = this.reads
    const sellers = new Set([OWN_SELLER, own, centraOf(settings)?.sellerId ?? OWN_SELLER])
    for (const sellerId of sellers) {
      const isExported = sourceOfSeller(settings, sellerId) !== undefined
      const identifier = isExported && identifierIn(offerSku, sellerId, settings.offerSku)
      if (!identifier) continue
      for (const spelling of this.spellings(offerSku, identifier)) {
        const isItself = settings.skuIdentifier === 'skuId' && spelling === String(skuId)
        if (!isItself || sellerId !== own) yield { sellerId, spelling }
      }
    }
  }

  /** VTEX knows a reference as it is spelled there, and Intershop trims it. */
  private spellings(name: string, identifier: string): ReadonlySet<string> {
    const spelled = this.claims.of(name).flatMap((claim) => claim.spelled ?? [])
    return new Set([identifier, ...spelled.filter((text) => text.trim() === identifier)])
  }

  private async ownerOf(identifier: string): Promise<number | undefined> {
    try {
      return await this.reads.direct.skuIdOf(this.reads.settings.skuIdentifier, identifier)
    } catch (thrown) {
      // No SKU has what VTEX takes for no reference; and the offer is not to wait for it for ever.
      if (thrown instanceof UpstreamError && thrown.status === 400) return undefined
      throw thrown
    }
  }

  /** What a look-up found and the SKU's record does not show yet is there. */
  private async isSellable(skuId: number, sellerId: string): Promise<boolean> {
    const source = sourceOfSeller(this.reads.settings, sellerId)
    if (source === 'own') return true
    // VTEX does not know which SKUs have a row of Centra.
    if (source === 'centra') return (await this.lastSent({ skuId, sellerId })) !== undefined
    const context = await this.skuDetailsOf(skuId)
    return context === undefined || isBound(context, sellerId)
  }

  private async lastSent({ skuId, sellerId }: OfferId) {
    return entryOf((await this.reads.ledger.of([skuId])).entries(skuId), sellerId)
  }

  private skuDetailsOf(skuId: number): Promise<SkuDetails | undefined> {
    const known = this.skuDetails.get(skuId)
    const context = known ?? unlessMissing(this.reads.direct.skuDetails(skuId))
    this.skuDetails.set(skuId, context)
    return context
  }
}

/** The account itself needs no binding. What VTEX does not tell is no proof. */
const isBound = ({ sellers }: SkuDetails, sellerId: string) =>
  sellerId === OWN_SELLER ||
  sellers === undefined ||
  sellers.some((binding) => binding.sellerId === sellerId)
