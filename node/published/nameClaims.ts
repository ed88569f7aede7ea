import { createHash } from 'crypto'
import { z } from 'zod'
import type { Documents } from '../state/documents'
import { ShardedStore } from '../state/shardedStore'

const DAY_MS = 24 * 3_600_000
/** An unchanged claim is written again only after this time. */
const RENEWED_AFTER_MS = 30 * DAY_MS
/** A claim that was not renewed for this time is removed. */
const FORGOTTEN_AFTER_MS = 3 * 365 * DAY_MS

/** That an offer has, or had, an offer SKU. */
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
const HASHES = 2 ** 48

/** Their claims are a few documents. */
const VERIFIED_SKUS = 5_000

/**
 * Which offer SKUs a full export looks up though the ledger is certain of them, since their claims may be lost: all of a
 * small catalog; of a large one, those of a few neighbouring documents, others each day. So what a batch reads does not
 * grow with the catalog.
 * @param skus in the ledger
 * @param now UTC milliseconds
 */
export function verifiedNames(skus: number, now: number): (name: string) => boolean {
  if (skus <= VERIFIED_SKUS) return () => true
  const day = String(Math.floor(now / DAY_MS))
  const first = numberOf(day)
  return (name) => (numberOf(name) - first + HASHES) % HASHES < (HASHES * VERIFIED_SKUS) / skus
}

/** Different offer SKUs may have the same hash, so callers verify a claim. */
const numberOf = (name: string) =>
  createHash('sha256').update(name).digest().readUIntBE(0, SIX_BYTES)

/**
 * Which offers have an offer SKU, sent or not, by its hash. It finds offers with the same offer SKU that are far apart in
 * the catalog. A claim may be outdated, so callers verify it; a lost claim is made again when the offer is next read.
 */
export class NameClaims {
  private constructor(private readonly kept: ShardedStore<StoredClaim[]>) {}

  /** @throws {StateError} */
  static async open(documents: Documents, names: Iterable<string>): Promise<NameClaims> {
    const numbers = [...names].map(numberOf)
    return new NameClaims(await ShardedStore.open(documents, 'names', claimsSchema, numbers))
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
