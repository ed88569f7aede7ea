import { countBy, partition, reject } from 'ramda'

import { type Failure, type MappedOffer, offerKey } from '../../offers/stockOffer'
import type { Published } from '../../published/ledger'
import { NameClaims } from '../../published/nameClaims'
import { failureOfOne } from '../../sources/concernsAll'
import { forEachOf } from '../../sources/forEachOf'
import { type Part, SHARED } from '../part'
import { formerNames } from './formerNames'
import { type HolderReads, Holders, type OfferId } from './holders'
import { isOwnName } from './unchanged'

export interface NameReads extends HolderReads {
  /** Settings and workspace in force. */
  under: string
  /** Whether what the ledger is sure of need not be asked for again. */
  leavesOut: boolean
  /** Sellers of which nothing is sent: nobody is asked about what is gone of them. */
  withheld: ReadonlySet<string>
  /** UTC milliseconds. */
  now: number
}

/**
 * A part whose offers have a name of their own each. Where another offer has the same, neither is sent; and no name
 * is 0, as gone or as a former one, that another offer has.
 * @throws {UpstreamError} what concerns all
 * @throws {StateError}
 */
export async function withOwnNames(
  part: Part,
  published: Published,
  reads: NameReads
): Promise<Part> {
  const { documents, settings, withheld, now, under, leavesOut } = reads
  const [gone, all] = partition(({ why }) => why !== undefined, part.offers)
  const former = formerNames({ ...part, offers: all }, published, now)
  const inPart = countBy(({ offerSku }) => offerSku, all)
  // Whoever finds that it has the name of such a one notes that in the ledger: then this one asks, too. Claims that were
  // lost are made again by exports of everything.
  const isOwn = (offer: MappedOffer) =>
    leavesOut &&
    inPart[offer.offerSku] === 1 &&
    isOwnName(published.entries(offer.skuId), offer, under)
  const offers = reject(isOwn, all)
  const names = [...offers, ...gone, ...former].map(({ offerSku }) => offerSku)
  const claims = await NameClaims.open(documents, names)
  const isKnown = (offer: MappedOffer) =>
    claims.of(offer.offerSku).some((claim) => offerKey(claim) === offerKey(offer))
  const fresh = new Set(offers.filter((offer) => !isKnown(offer)))
  for (const offer of offers) claims.claim(offer.offerSku, { ...offer, at: now })

  const holders = new Holders(part, claims, reads)
  const failures = new Map<string, Failure>()
  const left = new Set<MappedOffer>()
  const taken: Part['taken'] = []
  const rivals: Part['rivals'] = []
  const ambiguous: Failure[] = []
  const each = (some: readonly MappedOffer[], act: (offer: MappedOffer) => Promise<void>) =>
    forEachOf(some, settings.maxConcurrency, async (offer) => {
      const { skuId, sellerId } = offer
      try {
        await act(offer)
      } catch (thrown) {
        failures.set(offerKey(offer), { skuId, sellerId, ...failureOfOne(thrown) })
      }
    })
  const contested = offers.filter((offer) => fresh.has(offer) || holders.isContested(offer))
  await each(contested, async (offer) => {
    let rival = await holders.claimant(offer)
    if (!rival && fresh.has(offer)) {
      rival = await holders.otherSellers(offer)
      // It says so itself once it is read; until then nobody else would know.
      if (rival) claims.claim(offer.offerSku, { ...rival, at: now })
    }
    if (!rival) return
    left.add(offer)
    rivals.push({ skuId: rival.skuId, sellerId: rival.sellerId })
    ambiguous.push(sharedBy(offer, rival))
  })
  const zeros = [...former, ...gone.filter(({ sellerId }) => !withheld.has(sellerId))]
  await each(zeros, async (zero) => {
    const { skuId, sellerId, offerSku } = zero
    const holder = await holders.holder(zero)
    claims.release(offerSku, zero)
    if (!holder) return
    left.add(zero)
    if (await holders.wasSent(holder, offerSku)) taken.push({ skuId, sellerId, offerSku })
  })
  await claims.save(now)

  // First the zeros by names that offers had: one offer may be under both.
  const kept = [...former, ...part.offers].filter(
    (offer) => !left.has(offer) && !failures.has(offerKey(offer))
  )
  return {
    ...part,
    offers: kept,
    failures: [...part.failures, ...failures.values()],
    unmapped: [...part.unmapped, ...ambiguous],
    rivals,
    taken: taken.filter((offer) => !failures.has(offerKey(offer))),
  }
}

function sharedBy({ skuId, rowId, sellerId }: MappedOffer, rival: OfferId): Failure {
  const [first, second] = [{ skuId, sellerId }, rival]
    .sort((a, b) => a.skuId - b.skuId || (a.sellerId < b.sellerId ? -1 : 1))
    .map((offer) => `SKU ${offer.skuId} of seller ${offer.sellerId}`)
  const message = `${first} and ${second} would have one offer SKU in Intershop; change the identifier of one`
  return { skuId, ...(rowId !== undefined && { rowId }), sellerId, code: SHARED, message }
}
