import { difference, equals, union } from 'ramda'
import { z } from 'zod'
import { forEachConcurrently } from '../common/concurrency'
import { describe, type ErrorSummary } from '../common/errors'
import { isFresh, MAX_AGE_MS } from '../common/freshness'
import { UpstreamError } from '../common/upstreamError'
import type { Documents } from '../state/documents'
import { ShardedStore } from '../state/shardedStore'
import {
  type CachedMatch,
  type IdentifierLoaders,
  identifiersOf,
  type MatchedRow,
  type MatchingContext,
} from './identifierLoaders'
import { isSourceFailure } from './source'

/**
 * The VTEX SKU of a Centra row, or why it has none:
 * - `unmatched`: VTEX knows neither its EAN nor its full SKU
 * - `ambiguous`: another active row has the same SKU
 * - `inactive`: it is inactive, and another row has the SKU
 * - `failed`: it could not be looked up now
 */
export type Match =
  | NonNullable<CachedMatch['sku']>
  | { unmatched: 'unmatched' | 'ambiguous' | 'inactive'; message: string }
  | { failed: ErrorSummary }

/** The stock items that lead to a SKU, and when one of them was last read, to within {@link RENEWED_MS}. */
const claimsSchema = z.object({ rows: z.array(z.number()), at: z.number() })

type Matches = ShardedStore<CachedMatch>

/** Enough to show that a SKU is in conflict, however many more there are. */
const MOST_CLAIMS = 8
/** Well before claims expire. */
const RENEWED_MS = MAX_AGE_MS / 2

/** The rows, in the batch and outside of it, that lead to the SKUs of a batch's rows. */
export type Claims = Awaited<ReturnType<typeof openClaims>>

/** @param matches has the rows of the batch; the rows that they conflict with are added */
export async function openClaims(
  documents: Documents,
  matches: Matches,
  rows: readonly number[],
  now: number
) {
  const bySku = new Map<number, number[]>()
  for (const row of rows) {
    const skuId = matches.get(row)?.sku?.skuId
    if (skuId !== undefined) bySku.set(skuId, [...(bySku.get(skuId) ?? []), row])
  }
  const stored = await ShardedStore.open(documents, 'claims', claimsSchema, bySku.keys())
  const linkedTo = (own: readonly number[]) =>
    own.flatMap((row) => matches.get(row)?.conflictsWith ?? [])
  const claimed = [...bySku.keys()].flatMap((skuId) => stored.get(skuId)?.rows ?? [])
  await matches.read([...claimed, ...linkedTo([...bySku.values()].flat())])

  /** The claims that no cached match contradicts and, since they may be lost, what `conflictsWith` shows. */
  const claimsOf = (skuId: number, own: readonly number[]): number[] => {
    const { rows = [] } = stored.get(skuId) ?? {}
    return union(rows, linkedTo(own)).filter((row) => {
      const cached = matches.get(row)
      return !cached || cached.sku?.skuId === skuId
    })
  }
  return {
    /** The SKUs that several rows lead to; first those with the claims that were renewed longest ago. */
    conflicts: () =>
      [...bySku]
        .map(([skuId, own]) => {
          const others = difference(claimsOf(skuId, own), own)
          return { skuId, own, others, at: stored.get(skuId)?.at ?? now }
        })
        .filter(({ own, others }) => own.length + others.length > 1)
        .sort((a, b) => a.at - b.at),
    /** Saves a claim of each row, drops outdated ones, and sets `conflictsWith` of the cached matches. */
    save: async () => {
      for (const [skuId, own] of bySku) {
        const claims = claimsOf(skuId, own)
        const rows = union(claims, own).slice(0, MOST_CLAIMS)
        const old = stored.get(skuId)
        if (!equals(old?.rows, rows) || now - (old?.at ?? 0) >= RENEWED_MS) {
          stored.set(skuId, { rows, at: now })
        }
        linkConflicts(matches, union(own, claims))
      }
      await stored.save(({ at }) => isFresh(at, now))
    },
  }
}

/** Sets `conflictsWith` of each stock item that leads to one SKU to another of them. */
function linkConflicts(matches: Matches, all: readonly number[]): void {
  const [first, second] = all
  for (const stockItemId of all) {
    const cached = matches.get(stockItemId)
    const conflictsWith = stockItemId === first ? second : first
    const isLinked = [conflictsWith, ...all].includes(cached?.conflictsWith)
    if (cached && !isLinked) matches.set(stockItemId, { ...cached, conflictsWith })
  }
}

/** A row that leads to the SKU. */
interface Contender {
  stockItemId: number
  active: boolean
  /** Centra was not asked: the cached match counts. */
  isUnasked?: boolean
}

const isActive = ({ active }: Contender) => active

const NOT_ASKED = '; too many such items to ask whether the second still exists'

/** Returns why a row does not have its SKU; undefined if it does. */
function conflictOf(
  { stockItemId, active }: Contender,
  contenders: readonly Contender[],
  skuId: number
): Match | undefined {
  const others = contenders.filter((other) => other.stockItemId !== stockItemId)
  const winner = others.find(isActive)
  if (active && winner) {
    const both = `stock items ${stockItemId} and ${winner.stockItemId} both lead to SKU ${skuId}`
    return { unmatched: 'ambiguous', message: winner.isUnasked ? `${both}${NOT_ASKED}` : both }
  }
  // If none is active, the one with the smallest id reports the quantity 0.
  const reporting = winner ?? others.find((other) => other.stockItemId < stockItemId)
  if (active || !reporting) return undefined
  const inactive = `stock item ${stockItemId} is inactive`
  const message = `${inactive}, and stock item ${reporting.stockItemId} is SKU ${skuId}`
  return { unmatched: 'inactive', message }
}

/** Each may make calls to Centra, which allows few at a time. */
const SETTLED_AT_A_TIME = 4
/** Limits of one batch: rows that are read, and for how long. A worker's run is not much longer. */
export const MOST_LOOKS = 100
const MOST_MS = 10_000

type Failed = { failed: ErrorSummary }

/**
 * Decides which of the rows that lead to one SKU has it: the active one. Reads rows outside of the batch from Centra,
 * each once, and updates their cached matches.
 * @param rows the batch's
 * @returns the rows of the batch that do not have their SKU, and why
 * @throws {UpstreamError} of VTEX, what concerns all rows
 */
export async function settleConflicts(
  conflicts: ReturnType<Claims['conflicts']>,
  rows: ReadonlyMap<number, MatchedRow>,
  loaders: IdentifierLoaders,
  matches: Matches,
  { row: look, now }: MatchingContext
): Promise<Map<number, Match>> {
  const looks = new Map<number, Promise<Contender | Failed>>()
  const until = now() + MOST_MS
  /** Set when the circuit to Centra is open: then it is not asked again. */
  let unreachable: Failed | undefined

  const ask = async (stockItemId: number): Promise<Contender | Failed> => {
    let row: MatchedRow | undefined
    try {
      row = await look(stockItemId)
    } catch (thrown) {
      // Only the rows that conflict with this one fail.
      if (!(thrown instanceof UpstreamError)) throw thrown
      const failed = { failed: describe(thrown) }
      if (isSourceFailure(thrown)) unreachable = failed
      return failed
    }
    if (!row) {
      // Removed. Never fresh: its entry is dropped.
      matches.set(stockItemId, { readAt: 0 })
      return { stockItemId, active: false }
    }
    await loaders.run([identifiersOf(row)])
    const failed = loaders.failed.get(stockItemId)
    return failed ? { failed } : { stockItemId, active: row.active }
  }
  /** Returns a row; above the limits unasked, as it is cached. */
  const rowAt = async (stockItemId: number): Promise<Contender | Failed> => {
    const known = looks.get(stockItemId) ?? unreachable
    if (known) return known
    if (looks.size >= MOST_LOOKS || now() >= until) {
      return { stockItemId, active: true, isUnasked: true }
    }
    const looking = ask(stockItemId)
    looks.set(stockItemId, looking)
    return looking
  }
  /** Adds other rows until more would change nothing. @returns the failure of one that could not be read */
  const addOthers = async (contenders: Contender[], skuId: number, others: readonly number[]) => {
    let failed: Failed | undefined
    const enough = contenders.some(isActive) ? 2 : 1
    for (const stockItemId of others) {
      if (contenders.filter(isActive).length >= enough) break
      const other = await rowAt(stockItemId)
      const leadsHere = matches.get(stockItemId)?.sku?.skuId === skuId
      if ('failed' in other) failed ??= other
      else if (other.isUnasked || leadsHere) contenders.push(other)
    }
    return failed
  }
  const settled = new Map<number, Match>()
  await forEachConcurrently(conflicts, SETTLED_AT_A_TIME, async ({ skuId, own, others }) => {
    const inBatch = own.map((stockItemId): Contender => {
      return { stockItemId, active: rows.get(stockItemId)?.active === true }
    })
    const contenders = [...inBatch]
    const failed = await addOthers(contenders, skuId, others)
    for (const row of inBatch) {
      const match = conflictOf(row, contenders, skuId) ?? failed
      if (match) settled.set(row.stockItemId, match)
    }
  })
  return settled
}
