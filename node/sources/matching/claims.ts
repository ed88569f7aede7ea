import { equals } from 'ramda'
import { z } from 'zod'

import type { Documents } from '../../state/documents'
import { KeptById } from '../../state/keptById'
import { isTrusted, TRUSTED_MS } from '../ageing'
import type { Remembered } from './remembered'

/** The stock items that lead to a SKU, each with when it last was seen to, give or take {@link RENEWED_MS}. */
const claimsSchema = z.array(z.object({ stockItemId: z.number(), at: z.number() }))

type Claims = z.infer<typeof claimsSchema>

/** So many tell that a SKU is disputed, however many more there are. */
const MOST_CLAIMS = 8
/** Well before it would be forgotten. */
const RENEWED_MS = TRUSTED_MS / 2

type Matches = KeptById<Remembered>

/**
 * Of the rows of a slice those that share their SKU, each with another stock item that leads there too: in
 * the slice, or as other slices and exports left it. Claims each row's SKU, and remembers disputes with
 * all whom they concern.
 * @param matches has been read for the rows; is read for those they dispute with, and changed
 * @throws {StateError}
 */
export async function disputes(
  documents: Documents,
  matches: Matches,
  rows: readonly number[],
  now: number
): Promise<Map<number, number>> {
  const led = bySku(matches, rows)
  const kept = await KeptById.open(documents, 'claims', claimsSchema, led.keys())
  const known = [...led].flatMap(([skuId, own]) => [
    ...stockItems(kept.get(skuId) ?? []),
    ...own.flatMap((row) => matches.get(row)?.rival ?? []),
  ])
  await matches.read(known)

  const disputed = new Map<number, number>()
  for (const [skuId, own] of led) {
    const before = kept.get(skuId) ?? []
    const claims = withOwn(before.filter(isBelieved(matches, skuId, now)), own, now)
    if (!equals(before, claims)) kept.set(skuId, claims)
    const rivals = own
      .flatMap((row) => matches.get(row)?.rival ?? [])
      .filter(isConfirmed(matches, skuId, now))
    const all = new Set([...own, ...stockItems(claims), ...rivals])
    for (const [row, rival] of remembering(matches, all)) disputed.set(row, rival)
  }
  await kept.save((claims) => claims.some(({ at }) => isTrusted(at, now)))
  return disputed
}

const stockItems = (claims: Claims) => claims.map(({ stockItemId }) => stockItemId)

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

/** A claim counts for a week, unless what is remembered of its row says otherwise; that may be lost. */
const isBelieved =
  (matches: Matches, skuId: number, now: number) =>
  ({ stockItemId, at }: Claims[number]): boolean => {
    const remembered = matches.get(stockItemId)
    return isTrusted(at, now) && (!remembered || remembered.sku?.skuId === skuId)
  }

/** A rival whose claim may be lost: what is remembered of it has to say that it leads there. */
const isConfirmed =
  (matches: Matches, skuId: number, now: number) =>
  (stockItemId: number): boolean => {
    const remembered = matches.get(stockItemId)
    return remembered?.sku?.skuId === skuId && isTrusted(remembered.readAt, now)
  }

function withOwn(claims: Claims, own: readonly number[], now: number): Claims {
  const claiming = new Set(own)
  const renewed = claims.map(({ stockItemId, at }) => ({
    stockItemId,
    at: claiming.has(stockItemId) && now - at >= RENEWED_MS ? now : at,
  }))
  const known = new Set(stockItems(claims))
  const added = own
    .filter((row) => !known.has(row))
    .map((stockItemId) => ({ stockItemId, at: now }))
  return [...renewed, ...added].slice(0, MOST_CLAIMS)
}

/** Of stock items that lead to one SKU each with another of them, and lets each remember it. */
function* remembering(matches: Matches, all: ReadonlySet<number>): Generator<[number, number]> {
  const [first, second] = all
  for (const stockItemId of all) {
    const remembered = matches.get(stockItemId)
    const isKnown = remembered?.rival !== undefined && all.has(remembered.rival)
    const rival = isKnown ? remembered.rival : stockItemId === first ? second : first
    if (remembered && rival !== remembered.rival) matches.set(stockItemId, { ...remembered, rival })
    if (rival !== undefined) yield [stockItemId, rival]
  }
}
