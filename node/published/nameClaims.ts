import { createHash } from 'crypto'
import { z } from 'zod'

import type { Documents } from '../state/documents'
import { KeptById } from '../state/keptById'

const DAY_MS = 24 * 3_600_000
/** So rarely is a claim written again that stays as it is. */
const RENEWED_AFTER_MS = 30 * DAY_MS
/** Nobody claimed the name for so long: it is nobody's any more. */
const FORGOTTEN_AFTER_MS = 180 * DAY_MS

/** That an offer has, or had, a name in Intershop. */
export interface Claim {
  skuId: number
  sellerId: string
  /** In a source that has ids of its own (Centra: stockItemId), the row that the offer was read from. */
  rowId?: number | undefined
  /** The SKU's identifier as VTEX has it, where Intershop has it trimmed. */
  spelled?: string | undefined
  /** UTC milliseconds, of the day on which it was said. */
  at: number
}

/** SKU id, seller, day since 1970, row, spelled. Every batch reads many: they are short. */
const storedClaim = z.tuple([
  z.number(),
  z.string(),
  z.number(),
  z.number().nullish(),
  z.string().nullish(),
])

type StoredClaim = z.infer<typeof storedClaim>

const claimsSchema = z.array(storedClaim)

const claimOf = ([skuId, sellerId, day, rowId, spelled]: StoredClaim): Claim => ({
  ...{ skuId, sellerId, at: day * DAY_MS },
  ...(typeof rowId === 'number' && { rowId }),
  ...(typeof spelled === 'string' && { spelled }),
})

function stored({ skuId, sellerId, at, rowId, spelled }: Claim): StoredClaim {
  const day = Math.floor(at / DAY_MS)
  if (spelled !== undefined) return [skuId, sellerId, day, rowId ?? null, spelled]
  return rowId === undefined ? [skuId, sellerId, day] : [skuId, sellerId, day, rowId]
}

const SIX_BYTES = 6

/** Different names may have one, so whoever meets a claim looks what the offer is called. */
const numberOf = (name: string) =>
  createHash('sha256').update(name).digest().readUIntBE(0, SIX_BYTES)

/**
 * Which offers have a name in Intershop, sent or not, by a hash of the name. It finds offers of one name that lie far
 * apart in the catalog. A claim may be out of date, which a look at the offer shows, or lost: who has the name says so
 * again with the next export that reads it.
 */
export class NameClaims {
  private constructor(private readonly kept: KeptById<StoredClaim[]>) {}

  /** @throws {StateError} */
  static async open(documents: Documents, names: Iterable<string>): Promise<NameClaims> {
    const numbers = [...names].map(numberOf)
    return new NameClaims(await KeptById.open(documents, 'names', claimsSchema, numbers))
  }

  of(name: string): readonly Claim[] {
    return (this.kept.get(numberOf(name)) ?? []).map(claimOf)
  }

  claim(name: string, claim: Claim) {
    const { skuId, sellerId, rowId, spelled, at } = claim
    const known = this.of(name).find(isOf(claim))
    const isSame = known?.rowId === rowId && known?.spelled === spelled
    if (known && isSame && at - known.at < RENEWED_AFTER_MS) return
    this.set(name, [...this.others(name, claim), { skuId, sellerId, rowId, spelled, at }])
  }

  release(name: string, offer: Offer) {
    if (this.of(name).some(isOf(offer))) this.set(name, this.others(name, offer))
  }

  /** Writes what was changed. @param now UTC milliseconds @throws {StateError} */
  async save(now: number): Promise<void> {
    await this.kept.save((claims) =>
      claims.some(([, , day]) => now - day * DAY_MS < FORGOTTEN_AFTER_MS)
    )
  }

  private others(name: string, offer: Offer) {
    const isOfOffer = isOf(offer)
    return this.of(name).filter((claim) => !isOfOffer(claim))
  }

  private set(name: string, claims: Claim[]) {
    this.kept.set(numberOf(name), claims.map(stored))
  }
}

type Offer = Pick<Claim, 'skuId' | 'sellerId'>

const isOf = (offer: Offer) => (claim: Offer) =>
  claim.skuId === offer.skuId && claim.sellerId === offer.sellerId
