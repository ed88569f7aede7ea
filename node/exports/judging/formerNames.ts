import { UpstreamError } from '../../clients/upstreamError'
import { mayBeSold } from '../../ledger/entry'
import type { Ledger } from '../../ledger/ledger'
import { identifierIn } from '../../offers/identifierIn'
import { OWN_SELLER } from '../../offers/sellerId'
import type { Failure, MappedOffer } from '../../offers/stockOffer'
import { centraOf } from '../../settings/centra'
import type { Settings } from '../../settings/settings'
import { failureOfOne, type ReadFailure } from '../../sources/concernsAll'
import { forEachOf } from '../../sources/forEachOf'
import type { DirectReads } from '../../sources/source'
import { NAMELESS, type Part } from '../part'

/** What becomes of names by which Intershop knew offers that have another one now, or none. */
export interface Former {
  /** Offers of 0 by these names. */
  zeros: MappedOffer[]
  /** Where it is not known whether another SKU has the name now. */
  failures: Failure[]
}

/**
 * Offers that Intershop knows by other names than they have now are 0 by these, unless another SKU has the name.
 * @param now of offers that nothing was read of but that they have no name, UTC milliseconds
 * @throws {UpstreamError} what concerns all
 */
export async function formerNames(
  part: Part,
  ledger: Ledger,
  { direct, settings, now }: { direct: DirectReads; settings: Settings; now: number }
): Promise<Former> {
  const taken = new Set(part.offers.map(({ offerSku }) => offerSku))
  const former = formerOf(part, ledger, now).filter(({ offerSku }) => !taken.has(offerSku))
  const found: Former = { zeros: [], failures: [] }
  await forEachOf(former, settings.maxConcurrency, async (offer) => {
    const { skuId, sellerId } = offer
    const other = await othersName(offer, direct, settings)
    if (other === undefined) found.zeros.push(offer)
    else if (typeof other === 'object') found.failures.push({ skuId, sellerId, ...other })
  })
  return found
}

function formerOf({ offers, unmapped }: Part, ledger: Ledger, now: number): MappedOffer[] {
  const nameless = unmapped
    .filter(({ code }) => code === NAMELESS)
    .map(({ skuId, sellerId }) => ({ skuId, sellerId, offerSku: undefined, observedAt: now }))
  return [...offers, ...nameless].flatMap(({ skuId, sellerId, offerSku, observedAt }) => {
    if (skuId === undefined || sellerId === undefined) return []
    const entry = ledger.entry(skuId, sellerId)
    if (!entry || entry.offerSku === offerSku || !mayBeSold(entry)) return []
    const why = offerSku === undefined ? 'vanished' : 'renamed'
    return [{ skuId, sellerId, quantity: 0, offerSku: entry.offerSku, observedAt, why }]
  })
}

/** The SKU that has a name now, or why that is not known; undefined where none has it. */
async function othersName(
  { skuId, sellerId, offerSku }: MappedOffer,
  direct: DirectReads,
  settings: Settings
): Promise<number | ReadFailure | undefined> {
  const { skuIdentifier, offerSku: template } = settings
  const sellers = new Set([OWN_SELLER, sellerId, centraOf(settings)?.sellerId ?? OWN_SELLER])
  try {
    for (const seller of sellers) {
      const identifier = identifierIn(offerSku, seller, template)
      if (identifier === undefined) continue
      const owner = await direct.skuIdOf(skuIdentifier, identifier)
      // VTEX's index lags: that it still knows the SKU by its old reference proves nothing.
      const isItself = owner === skuId && seller === sellerId
      if (owner !== undefined && !isItself) return owner
    }
    return undefined
  } catch (thrown) {
    // No SKU has what VTEX takes for no reference; and the offer is not to wait for it for ever.
    if (thrown instanceof UpstreamError && thrown.status === 400) return undefined
    return failureOfOne(thrown)
  }
}
