import { equals } from 'ramda'
import { z } from 'zod'

import type { Documents } from '../../state/documents'
import { KeptById } from '../../state/keptById'
import { isTrusted, TRUSTED_MS } from '../ageing'
import type { Remembered } from './remembered'

/** The stock items that lead to a SKU, each with when it last was seen to, give or take {@link RENEWED_MS}. */
const claimsSchema = z.array(z.object({ stockItemId: z.number(), at: z.number() }))

type ClaimsOfSku = z.infer<typeof claimsSchema>

/** So many tell that a SKU is disputed, however many more there are. */
const MOST_CLAIMS = 8
/** Well before it would be forgotten. */
const RENEWED_MS = TRUSTED_MS / 2

type Matches = KeptById<Remembered>

/** Several rows that lead to one SKU, as far as is known. */
export interface Contest {
  skuId: number
  /** Those of the batch. */
  own: readonly number[]
  /** Those that are remembered, as they were left by other batches and exports; the least certain first. */
  rivals: readonly number[]
}

/** Who leads to the SKUs of a batch's rows: the rows themselves, and what other batches and exports left. */
export class Claims {
  private constructor(
    private readonly kept: KeptById<ClaimsOfSku>,
    private readonly matches: Matches,
    private readonly led: ReadonlyMap<number, number[]>,
    private readonly now: number
  ) {}

  /**
   * @param matches has been read for the rows; is read for those they dispute with
   * @throws {StateError}
   */
  static async open(
    documents: Documents,
    matches: Matches,
    rows: readonly number[],
    now: number
  ): Promise<Claims> {
    const led = bySku(matches, rows)
    const kept = await KeptById.open(documents, 'claims', claimsSchema, led.keys())
    const known = [...led].flatMap(([skuId, own]) => [
      ...stockItems(kept.get(skuId) ?? []),
      ...own.flatMap((row) => matches.get(row)?.rival ?? []),
    ])
    await matches.read(known)
    return new Claims(kept, matches, led, now)
  }

  /** The SKUs that several rows lead to, those first of which a claim was not renewed for the longest time. */
  contests(): Contest[] {
    const all = [...this.led].map(([skuId, own]) => {
      const rivals = this.rivalsOf(skuId, own)
      return { skuId, own, rivals: stockItems(rivals), at: rivals[0]?.at ?? this.now }
    })
    const contested = all.filter(({ own, rivals }) => own.length + rivals.length > 1)
    return contested.sort((a, b) => a.at - b.at)
  }

  /**
   * Claims each row's SKU, drops what is not so any more, and has rows of a dispute remember one another.
   * Changes the matches, and saves the claims.
   * @throws {StateError}
   */
  async save(): Promise<void> {
    for (const [skuId, own] of this.led) {
      const before = this.kept.get(skuId) ?? []
      const claims = withOwn(this.believed(skuId), own, this.now)
      if (!equals(before, claims)) this.kept.set(skuId, claims)
      const all = [...own, ...stockItems(claims), ...stockItems(this.rivalsOf(skuId, own))]
      haveRemembered(this.matches, new Set(all))
    }
    await this.kept.save((claims) => claims.some(({ at }) => isTrusted(at, this.now)))
  }

  /** Those that claim it, and those that its rows remember: a claim may be lost. */
  private rivalsOf(skuId: number, own: readonly number[]): ClaimsOfSku {
    const claims = this.believed(skuId)
    const remembered = new Set(own.flatMap((row) => this.matches.get(row)?.rival ?? []))
    for (const { stockItemId } of claims) remembered.delete(stockItemId)
    const confirmed = [...remembered].flatMap((stockItemId) => {
      const { sku, readAt: at = 0 } = this.matches.get(stockItemId) ?? {}
      return sku?.skuId === skuId && isTrusted(at, this.now) ? [{ stockItemId, at }] : []
    })
    return [...claims, ...confirmed]
      .filter(({ stockItemId }) => !own.includes(stockItemId))
      .sort((a, b) => a.at - b.at)
  }

  /** A claim counts for a week, unless what is remembered of its row says otherwise; that may be lost. */
  private believed(skuId: number): ClaimsOfSku {
    return (this.kept.get(skuId) ?? []).filter(({ stockItemId, at }) => {
      const remembered = this.matches.get(stockItemId)
      return isTrusted(at, this.now) && (!remembered || remembered.sku?.skuId === skuId)
    })
  }
}

const stockItems = (claims: ClaimsOfSku) => claims.map(({ stockItemId }) => stockItemId)

function bySku(matches: Matches, rows: readonly number[]): Map<number, number[]> {
  const led = new Map<number, number[]>()
  for (const row of rows) {
    const skuId = matches.get(row)?.sku?.skuId
    if (skuId === undefined) continue
    const own = led.get(skuId)
    if (own) own.push(row)
    else led.set(skuId, [row])
  }
  return led
}

function withOwn(claims: ClaimsOfSku, own: readonly number[], now: number): ClaimsOfSku {
  const at = new Map(claims.map((claim) => [claim.stockItemId, claim.at]))
  for (const row of own) {
    if (now - (at.get(row) ?? 0) >= RENEWED_MS) at.set(row, now)
  }
  return [...at].map(([stockItemId, at]) => ({ stockItemId, at })).slice(0, MOST_CLAIMS)
}

/** Has each of the stock items that lead to one SKU remember another of them. */
function haveRemembered(matches: Matches, all: ReadonlySet<number>): void {
  const [first, second] = all
  for (const stockItemId of all) {
    const remembered = matches.get(stockItemId)
    const isKnown = remembered?.rival !== undefined && all.has(remembered.rival)
    const rival = isKnown ? remembered.rival : stockItemId === first ? second : first
    if (remembered && rival !== remembered.rival) matches.set(stockItemId, { ...remembered, rival })
  }
}
