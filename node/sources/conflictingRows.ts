import { difference, equals } from 'ramda'
import { z } from 'zod'
import { forEachConcurrently } from '../common/concurrency'
import type { ErrorSummary } from '../common/errors'
import { isFresh, MAX_AGE_MS } from '../common/freshness'
import { UpstreamError } from '../common/upstreamError'
import type { Documents } from '../state/documents'
import { ShardedStore } from '../state/shardedStore'
import {
  type CachedMatch,
  identifiersOf,
  type LookAtRow,
  type Match,
  type MatchedRow,
} from './cachedMatch'
import type { IdentifierLoaders } from './identifierLoaders'
import { isSourceFailure } from './itemFailure'

/** The stock items that lead to a SKU, and when each last did, to within {@link RENEWED_MS}. */
const claimsSchema = z.array(z.object({ stockItemId: z.number(), at: z.number() }))

type ClaimsOfSku = z.infer<typeof claimsSchema>
type Matches = ShardedStore<CachedMatch>

/** Enough to show that a SKU is in conflict, however many more there are. */
const MOST_CLAIMS = 8
/** Well before a claim expires. */
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
  const claimed = [...bySku.keys()].flatMap((skuId) => stockItems(stored.get(skuId) ?? []))
  await matches.read([...claimed, ...conflictingWith(matches, [...bySku.values()].flat())])

  /** Claims that are fresh, and that the cached match of their row does not contradict. */
  const validClaims = (skuId: number): ClaimsOfSku =>
    (stored.get(skuId) ?? []).filter(({ stockItemId, at }) => {
      const cached = matches.get(stockItemId)
      return isFresh(at, now) && (!cached || cached.sku?.skuId === skuId)
    })
  /** Rows outside of the batch, by claims and, since a claim may be lost, `conflictsWith`. */
  const othersOf = (skuId: number, own: readonly number[]): ClaimsOfSku => {
    const claims = validClaims(skuId)
    const linked = difference(conflictingWith(matches, own), stockItems(claims))
    const confirmed = linked.flatMap((stockItemId) => {
      const { sku, readAt: at = 0 } = matches.get(stockItemId) ?? {}
      return sku?.skuId === skuId && isFresh(at, now) ? [{ stockItemId, at }] : []
    })
    return [...claims, ...confirmed]
      .filter(({ stockItemId }) => !own.includes(stockItemId))
      .sort((a, b) => a.at - b.at)
  }
  return {
    /** The SKUs that several rows lead to; first those with the claim that was renewed longest ago. */
    conflicts: () =>
      [...bySku]
        .map(([skuId, own]) => {
          const others = othersOf(skuId, own)
          return { skuId, own, others: stockItems(others), at: others[0]?.at ?? now }
        })
        .filter(({ own, others }) => own.length + others.length > 1)
        .sort((a, b) => a.at - b.at),
    /** Saves a claim of each row, drops outdated ones, and sets `conflictsWith` of the cached matches. */
    save: async () => {
      for (const [skuId, own] of bySku) {
        const claims = withOwn(validClaims(skuId), own, now)
        if (!equals(stored.get(skuId) ?? [], claims)) stored.set(skuId, claims)
        const all = [...own, ...stockItems(claims), ...stockItems(othersOf(skuId, own))]
        linkConflicts(matches, new Set(all))
      }
      await stored.save((claims) => claims.some(({ at }) => isFresh(at, now)))
    },
  }
}

const stockItems = (claims: ClaimsOfSku) => claims.map(({ stockItemId }) => stockItemId)

const conflictingWith = (matches: Matches, rows: readonly number[]) =>
  rows.flatMap((row) => matches.get(row)?.conflictsWith ?? [])

function withOwn(claims: ClaimsOfSku, own: readonly number[], now: number): ClaimsOfSku {
  const times = new Map(claims.map(({ stockItemId, at }) => [stockItemId, at]))
  for (const row of own) {
    if (now - (times.get(row) ?? 0) >= RENEWED_MS) times.set(row, now)
  }
  return [...times].map(([stockItemId, at]) => ({ stockItemId, at })).slice(0, MOST_CLAIMS)
}

/** Sets `conflictsWith` of each stock item that leads to one SKU to another of them. */
function linkConflicts(matches: Matches, all: ReadonlySet<number>): void {
  const [first, second] = all
  for (const stockItemId of all) {
    const cached = matches.get(stockItemId)
    if (!cached || (cached.conflictsWith !== undefined && all.has(cached.conflictsWith))) continue
    const conflictsWith = stockItemId === first ? second : first
    if (conflictsWith !== cached.conflictsWith)
      matches.set(stockItemId, { ...cached, conflictsWith })
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

/** Settles conflicts. Reads rows outside of the batch from Centra, each once, and updates their cached matches. */
export class ConflictingRows {
  private readonly looks = new Map<number, Promise<Contender | Failed>>()
  private startedAt: number | undefined
  /** Set when the circuit to Centra is open: then it is not asked again. */
  private unreachable: Failed | undefined

  constructor(
    private readonly look: LookAtRow,
    private readonly loaders: IdentifierLoaders,
    private readonly matches: Matches,
    private readonly now: () => number
  ) {}

  /**
   * Decides which of the rows that lead to one SKU has it: the active one.
   * @param rows the batch's
   * @returns the rows of the batch that do not have their SKU, and why
   * @throws {UpstreamError} of VTEX, what concerns all rows
   */
  async settle(
    conflicts: ReturnType<Claims['conflicts']>,
    rows: ReadonlyMap<number, MatchedRow>
  ): Promise<Map<number, Match>> {
    const settled = new Map<number, Match>()
    await forEachConcurrently(conflicts, SETTLED_AT_A_TIME, async ({ skuId, own, others }) => {
      const inBatch = own.map((stockItemId) => {
        return { stockItemId, active: rows.get(stockItemId)?.active === true }
      })
      const contenders: Contender[] = [...inBatch]
      const failed = await this.addOthers(contenders, skuId, others)
      for (const row of inBatch) {
        const match = conflictOf(row, contenders, skuId) ?? failed
        if (match) settled.set(row.stockItemId, match)
      }
    })
    return settled
  }

  /**
   * Adds rows outside of the batch, until more of them would change nothing.
   * @returns the failure of one that could not be read
   */
  private async addOthers(contenders: Contender[], skuId: number, others: readonly number[]) {
    let failed: Failed | undefined
    const enough = contenders.some(isActive) ? 2 : 1
    for (const stockItemId of others) {
      if (contenders.filter(isActive).length >= enough) break
      const other = await this.at(stockItemId)
      const leadsHere = this.matches.get(stockItemId)?.sku?.skuId === skuId
      if ('failed' in other) failed ??= other
      else if (other.isUnasked || leadsHere) contenders.push(other)
    }
    return failed
  }

  /** Returns a row; above the limits unasked, as it is cached. A removed row is inactive. */
  private async at(stockItemId: number): Promise<Contender | Failed> {
    const known = this.looks.get(stockItemId)
    if (known) return known
    if (this.unreachable) return this.unreachable
    this.startedAt ??= this.now()
    const isTooMuch = this.looks.size >= MOST_LOOKS || this.now() - this.startedAt >= MOST_MS
    if (isTooMuch) return { stockItemId, active: true, isUnasked: true }
    const looking = this.ask(stockItemId)
    this.looks.set(stockItemId, looking)
    return looking
  }

  private async ask(stockItemId: number): Promise<Contender | Failed> {
    let row: MatchedRow | undefined
    try {
      row = await this.look(stockItemId)
    } catch (thrown) {
      // Only the rows that conflict with this one fail.
      if (!(thrown instanceof UpstreamError)) throw thrown
      const failed = { failed: { code: thrown.code, message: thrown.message } }
      if (isSourceFailure(thrown)) this.unreachable = failed
      return failed
    }
    if (!row) {
      // Never fresh: its entry is dropped.
      this.matches.set(stockItemId, { readAt: 0 })
      return { stockItemId, active: false }
    }
    await this.loaders.run([identifiersOf(row)])
    const failed = this.loaders.failed.get(stockItemId)
    return failed ? { failed } : { stockItemId, active: row.active }
  }
}
