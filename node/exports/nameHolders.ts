import { memoizeWith, once } from 'ramda'
import { UpstreamError, unlessMissing } from '../common/upstreamError'
import { identifierIn, OWN_SELLER, offerIdentity, type SkuIdentity } from '../offers/offerSku'
import { type OfferName, offerKey } from '../offers/stockOffer'
import { entryOf } from '../published/entry'
import type { LedgerView } from '../published/ledger'
import type { Claim, NameClaims } from '../published/nameClaims'
import { isBound } from '../published/removedOffers'
import { centraOf, type Settings } from '../settings/settings'
import { type DirectReads, type PagedSource, sourceOfSeller } from '../sources/source'
import type { Documents } from '../state/documents'
import { type BatchResult, offersIn } from './batchResult'

/** An offer, whatever its offer SKU is. */
export type OfferId = Pick<OfferName, 'skuId' | 'sellerId'>

/** Where the current holder of an offer SKU is looked up, and for what. */
export interface NameReads {
  documents: Documents
  settings: Settings
  direct: DirectReads
  ledger: LedgerView
  /** Absent where an export does not read Centra. */
  centraRow?: PagedSource['row'] | undefined
  /** The current settings and workspace. */
  under: string
  /** Whether offer SKUs of which the ledger is certain are not verified again. */
  skipsUnchanged: boolean
  /** Sellers whose removed offers are held: their offer SKUs are not looked up. */
  heldSellers: ReadonlySet<string>
  /** UTC milliseconds. */
  now: number
}

/** Finds the offer that has an offer SKU now: by claims, each of which is verified, and by VTEX's look-up. */
export class Holders {
  /** Offer SKUs of the batch's offers by key; undefined if an offer has none or is removed. */
  private readonly offerSkus = once((): ReadonlyMap<string, string | undefined> => {
    const { offers, unmapped } = this.part
    return new Map([
      ...offersIn(unmapped).map((each) => [offerKey(each), undefined] as const),
      ...offers.map((each) => [offerKey(each), each.why ? undefined : each.offerSku] as const),
    ])
  })
  // The export of the own stock does not fail with the register: claims find the other offer once it is read.
  private readonly registered = once(() =>
    this.reads.direct.sellers().catch(() => new Map<string, unknown>())
  )
  private readonly skuDetailsOf = memoizeWith(String, (skuId: number) =>
    unlessMissing(this.reads.direct.skuDetails(skuId))
  )

  constructor(
    private readonly part: Pick<BatchResult, 'offers' | 'unmapped'>,
    private readonly claims: NameClaims,
    private readonly reads: NameReads
  ) {}

  /** Another offer that claims the offer SKU and has it now. */
  async claimant({ offerSku, ...offer }: OfferName): Promise<OfferId | undefined> {
    for (const claim of this.claims.of(offerSku)) {
      if (offerKey(claim) === offerKey(offer)) continue
      if (await this.hasName(offerSku, claim)) return claim
      this.claims.release(offerSku, claim)
    }
    return undefined
  }

  /** Another offer that has the offer SKU now, also if it was never read. */
  async holder(offer: OfferName): Promise<OfferId | undefined> {
    return (await this.claimant(offer)) ?? (await this.lookedUp(offer))
  }

  /** Whether the offer was certainly last sent under this offer SKU. */
  async wasSent(offer: OfferId, name: string): Promise<boolean> {
    const entry = await this.lastSent(offer)
    return entry?.offerSku === name && entry.isCertain
  }

  /** Another seller's offer to which VTEX gives this offer SKU, also if it was never read. */
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

  /** Sellers whose id the offer SKU may end in. */
  private async sellerIds(name: string): Promise<Iterable<string>> {
    const { settings } = this.reads
    if (settings.sellers.length > 0) return settings.sellers
    if (settings.offerSku === '' && !name.includes('_')) return []
    return (await this.registered()).keys()
  }

  private async hasName(name: string, { skuId, sellerId, rowId }: Claim): Promise<boolean> {
    const { settings, centraRow } = this.reads
    const key = offerKey({ skuId, sellerId })
    if (this.offerSkus().has(key)) return this.offerSkus().get(key) === name
    const source = sourceOfSeller(settings, sellerId)
    if (source === undefined) return false
    if (source === 'centra' && centraRow) {
      if (rowId === undefined) return false
      const { offers, failures } = await centraRow(rowId)
      const [failure] = failures
      const isIt = offers.some(
        (each) => each.skuId === skuId && this.isCalled(name, each, sellerId)
      )
      if (failure && !isIt) throw new UpstreamError('Centra', 'malformed', failure.message)
      return isIt
    }
    const sku = await this.skuDetailsOf(skuId)
    if (!sku || !this.isCalled(name, sku, sellerId)) return false
    return source === 'centra' || isBound(sku, sellerId)
  }

  private isCalled(name: string, sku: SkuIdentity, sellerId: string): boolean {
    const { skuIdentifier, offerSku: template } = this.reads.settings
    const identity = offerIdentity(sku, sellerId, skuIdentifier, template)
    return 'offerSku' in identity && identity.offerSku === name
  }

  private async lookedUp(offer: OfferName): Promise<OfferId | undefined> {
    for (const { sellerId, spelling } of this.identifiers(offer)) {
      const skuId = await this.ownerOf(spelling)
      // VTEX's index lags: it may still find the SKU by its old reference.
      if (skuId === undefined || (skuId === offer.skuId && sellerId === offer.sellerId)) continue
      if (await this.isSellable(skuId, sellerId)) return { skuId, sellerId }
    }
    return undefined
  }

  /** The sellers that the offer SKU may belong to by the template, and the identifier to look up for each. */
  private *identifiers({ skuId, sellerId: own, offerSku }: OfferName) {
    const { settings } = this.reads
    const sellers = new Set([OWN_SELLER, own, centraOf(settings)?.sellerId ?? OWN_SELLER])
    // VTEX finds a reference only as it is spelled there; Intershop has it trimmed.
    const spelled = this.claims.of(offerSku).flatMap((claim) => claim.spelled ?? [])
    for (const sellerId of sellers) {
      const isExported = sourceOfSeller(settings, sellerId) !== undefined
      const identifier = isExported && identifierIn(offerSku, sellerId, settings.offerSku)
      if (!identifier) continue
      const spellings = spelled.filter((text) => text.trim() === identifier)
      for (const spelling of new Set([identifier, ...spellings])) {
        const isItself = settings.skuIdentifier === 'skuId' && spelling === String(skuId)
        if (!isItself || sellerId !== own) yield { sellerId, spelling }
      }
    }
  }

  private async ownerOf(identifier: string): Promise<number | undefined> {
    try {
      return await this.reads.direct.skuIdOf(this.reads.settings.skuIdentifier, identifier)
    } catch (thrown) {
      // VTEX rejects the value as a reference, so no SKU has it; retrying does not help.
      if (thrown instanceof UpstreamError && thrown.status === 400) return undefined
      throw thrown
    }
  }

  /** Whether the seller sells the SKU. A SKU that has no record yet counts as sold. */
  private async isSellable(skuId: number, sellerId: string): Promise<boolean> {
    const source = sourceOfSeller(this.reads.settings, sellerId)
    if (source === 'own') return true
    // VTEX does not know which SKUs have a Centra row.
    if (source === 'centra') return (await this.lastSent({ skuId, sellerId })) !== undefined
    const sku = await this.skuDetailsOf(skuId)
    return sku === undefined || isBound(sku, sellerId)
  }

  private async lastSent({ skuId, sellerId }: OfferId) {
    return entryOf((await this.reads.ledger.of([skuId])).entries(skuId), sellerId)
  }
}
