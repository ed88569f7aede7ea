import { countBy, partition, reject } from 'ramda'
import { forEachConcurrently, yieldToEvents } from '../common/concurrency'
import { type Failure, type MappedOffer, offerKey } from '../offers/stockOffer'
import { type Entry, entryOf, mayBeSold } from '../published/entry'
import type { Published } from '../published/ledger'
import { NameClaims, verifiedNames } from '../published/nameClaims'
import { toItemFailure } from '../sources/source'
import { type BatchResult, NAMELESS, offersIn, SHARED } from './batchResult'
import { Holders, type NameReads, type OfferId } from './nameHolders'

/** Whether Intershop certainly has this entry, sent with the current settings and workspace. */
export const isVerified = (entry: Entry, under: string): boolean =>
  entry.isCertain && entry.publishedUnder === under

/** What was certainly sent of an offer under its current offer SKU, if no other offer was found to have it. */
export const lastSentAs = (
  entries: readonly Entry[],
  { sellerId, offerSku }: MappedOffer,
  under: string
): Entry | undefined =>
  entries.find(
    (entry) =>
      entry.sellerId === sellerId && entry.offerSku === offerSku && isVerified(entry, under)
  )

/**
 * Ensures that each offer SKU belongs to one offer: if two offers have the same one, neither is sent. A removed or former
 * offer SKU that another offer has now is not set to 0. @throws {UpstreamError} if a failure concerns all offers
 */
export async function withOwnNames(
  part: BatchResult,
  published: Published,
  reads: NameReads
): Promise<BatchResult> {
  const { documents, settings, heldSellers, now, under, skipsUnchanged: leavesOut } = reads
  const [gone, all] = partition(({ why }) => why !== undefined, part.offers)
  const renamed = renamedOffers({ ...part, offers: all }, published, now)
  const inPart = countBy(({ offerSku }) => offerSku, all)
  // The offer that finds the conflict marks both in the ledger, so that this one is verified again. Full exports restore
  // lost claims, of a large catalog some at a time.
  await yieldToEvents()
  const isVerified = leavesOut ? () => false : verifiedNames(await reads.ledger.skus(), now)
  const isOwn = (offer: MappedOffer) =>
    inPart[offer.offerSku] === 1 &&
    lastSentAs(published.entries(offer.skuId), offer, under) !== undefined &&
    !isVerified(offer.offerSku)
  const offers = reject(isOwn, all)
  await yieldToEvents()
  const names = [...offers, ...gone, ...renamed].map(({ offerSku }) => offerSku)
  const claims = await NameClaims.open(documents, names)
  const isKnown = (offer: MappedOffer) =>
    claims.of(offer.offerSku).some((claim) => offerKey(claim) === offerKey(offer))
  const fresh = new Set(offers.filter((offer) => !isKnown(offer)))
  for (const offer of offers) claims.claim(offer.offerSku, { ...offer, at: now })

  const holders = new Holders(part, claims, reads)
  const failures = new Map<string, Failure>()
  const left = new Set<MappedOffer>()
  const taken: BatchResult['taken'] = []
  const nameConflicts: BatchResult['nameConflicts'] = []
  const ambiguous: Failure[] = []
  const each = (some: readonly MappedOffer[], act: (offer: MappedOffer) => Promise<void>) =>
    forEachConcurrently(some, settings.maxConcurrency, (offer) =>
      act(offer).catch((thrown: unknown) => {
        const { skuId, sellerId } = offer
        failures.set(offerKey(offer), { skuId, sellerId, ...toItemFailure(thrown) })
      })
    )
  await each(offers, async (offer) => {
    let other = await holders.claimant(offer)
    if (!other && fresh.has(offer)) {
      other = await holders.otherSellers(offer)
      // The other offer claims it too once it is read; until then only this claim shows the conflict.
      if (other) claims.claim(offer.offerSku, { ...other, at: now })
    }
    if (!other) return
    left.add(offer)
    nameConflicts.push({ skuId: other.skuId, sellerId: other.sellerId })
    ambiguous.push(sharedBy(offer, other))
  })
  const zeros = [...renamed, ...gone.filter(({ sellerId }) => !heldSellers.has(sellerId))]
  await each(zeros, async (zero) => {
    const { skuId, sellerId, offerSku } = zero
    const holder = await holders.holder(zero)
    claims.release(offerSku, zero)
    if (!holder) return
    left.add(zero)
    if (await holders.wasSent(holder, offerSku)) taken.push({ skuId, sellerId, offerSku })
  })
  await yieldToEvents()
  await claims.save(now)

  // Zeros of former offer SKUs come first: an offer may be listed under both.
  const kept = [...renamed, ...part.offers].filter(
    (offer) => !left.has(offer) && !failures.has(offerKey(offer))
  )
  return {
    ...part,
    offers: kept,
    failures: [...part.failures, ...failures.values()],
    unmapped: [...part.unmapped, ...ambiguous],
    nameConflicts,
    taken: taken.filter((offer) => !failures.has(offerKey(offer))),
  }
}

function sharedBy({ skuId, rowId, sellerId }: MappedOffer, other: OfferId): Failure {
  const [first, second] = [{ skuId, sellerId }, other]
    .sort((a, b) => a.skuId - b.skuId || (a.sellerId < b.sellerId ? -1 : 1))
    .map((offer) => `SKU ${offer.skuId} of seller ${offer.sellerId}`)
  const message = `${first} and ${second} would have one offer SKU in Intershop; change the identifier of one of them`
  return { skuId, ...(rowId !== undefined && { rowId }), sellerId, code: SHARED, message }
}

/** Published offer SKUs that their offers no longer have, as offers with quantity 0. @param now UTC milliseconds */
function renamedOffers(
  { offers, unmapped }: BatchResult,
  published: Published,
  now: number
): MappedOffer[] {
  const nameless = offersIn(unmapped.filter(({ code }) => code === NAMELESS))
  const unnamed = nameless.map((offer) => ({ ...offer, offerSku: undefined, observedAt: now }))
  return [...offers, ...unnamed].flatMap(({ skuId, sellerId, offerSku, observedAt }) => {
    const isIt = (entry: Entry) =>
      entry.sellerId === sellerId && entry.offerSku !== offerSku && mayBeSold(entry)
    const entries = published.entries(skuId)
    const last = entryOf(entries, sellerId)
    return entries.filter(isIt).map((entry) => {
      const why = offerSku === undefined && entry === last ? 'removed' : 'renamed'
      return { skuId, sellerId, quantity: 0, offerSku: entry.offerSku, observedAt, why }
    })
  })
}
