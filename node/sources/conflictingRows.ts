import { equals } from 'ramda'
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

/** Rows that lead to the same SKU. */
interface Conflict {
  skuId: number
  /** Rows of the batch. */
  own: readonly number[]
  /** Rows that other batches and exports cached; the least certain first. */
  others: readonly number[]
}

/** The rows, in the batch and outside of it, that lead to the SKUs of a batch's rows. */
export class Claims {
  private constructor(
    private readonly stored: ShardedStore<ClaimsOfSku>,
    private readonly matches: Matches,
    /** The batch's rows by SKU. */
    private readonly bySku: ReadonlyMap<number, readonly number[]>,
    private readonly now: number
  ) {}

  /** @param matches has the rows; the rows that they conflict with are added */
  static async open(
    documents: Documents,
    matches: Matches,
    rows: readonly number[],
    now: number
  ): Promise<Claims> {
    const bySku = new Map<number, number[]>()
    for (const row of rows) {
      const skuId = matches.get(row)?.sku?.skuId
      if (skuId !== undefined) bySku.set(skuId, [...(bySku.get(skuId) ?? []), row])
    }
    const stored = await ShardedStore.open(documents, 'claims', claimsSchema, bySku.keys())
    const known = [...bySku].flatMap(([skuId, own]) => [
      ...stockItems(stored.get(skuId) ?? []),
      ...conflictingWith(matches, own),
    ])
    await matches.read(known)
    return new Claims(stored, matches, bySku, now)
  }

  /** The SKUs that several rows lead to; first those with the claim that was renewed longest ago. */
  conflicts(): Conflict[] {
    return [...this.bySku]
      .map(([skuId, own]) => {
        const others = this.othersOf(skuId, own)
        return { skuId, own, others: stockItems(others), at: others[0]?.at ?? this.now }
      })
      .filter(({ own, others }) => own.length + others.length > 1)
      .sort((a, b) => a.at - b.at)
  }

  /** Saves a claim of each row, drops outdated ones, and sets `conflictsWith` of the cached matches. */
  async save(): Promise<void> {
    for (const [skuId, own] of this.bySku) {
      const claims = withOwn(this.validClaims(skuId), own, this.now)
      if (!equals(this.stored.get(skuId) ?? [], claims)) this.stored.set(skuId, claims)
      const all = [...own, ...stockItems(claims), ...stockItems(this.othersOf(skuId, own))]
      linkConflicts(this.matches, new Set(all))
    }
    await this.stored.save((claims) => claims.some(({ at }) => isFresh(at, this.now)))
  }

  /** Rows outside of the batch, by claims and, since a claim may be lost, `conflictsWith`. */
  private othersOf(skuId: number, own: readonly number[]): ClaimsOfSku {
    const claims = this.validClaims(skuId)
    const linked = new Set(conflictingWith(this.matches, own))
    for (const { stockItemId } of claims) linked.delete(stockItemId)
    const confirmed = [...linked].flatMap((stockItemId) => {
      const { sku, readAt: at = 0 } = this.matches.get(stockItemId) ?? {}
      return sku?.skuId === skuId && isFresh(at, this.now) ? [{ stockItemId, at }] : []
    })
    return [...claims, ...confirmed]
      .filter(({ stockItemId }) => !own.includes(stockItemId))
      .sort((a, b) => a.at - b.at)
  }

  /** Claims that are fresh, and that the cached match of their row does not contradict. */
  private validClaims(skuId: number): ClaimsOfSku {
    return (this.stored.get(skuId) ?? []).filter(({ stockItemId, at }) => {
      const cached = this.matches.get(stockItemId)
      return isFresh(at, this.now) && (!cached || cached.sku?.skuId === skuId)
    })
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

/** Each may make calls to Centra, which allows few at a time. */
const SETTLED_AT_A_TIME = 4

/** A row that leads to the SKU. */
interface Contender {
  stockItemId: number
  active: boolean
  /** Centra was not asked: the cached match counts. */
  isUnasked?: boolean
}

const isActive = ({ active }: Contender) => active

/**
 * Decides which of the rows that lead to one SKU has it: the active one. Reads rows outside of the batch, if they can
 * make a difference.
 * @param rows the batch's
 * @returns the rows of the batch that do not have their SKU, and why
 * @throws {UpstreamError} of VTEX, what concerns all rows
 */
export async function settleConflicts(
  conflicts: readonly Conflict[],
  rows: ReadonlyMap<number, MatchedRow>,
  matches: Matches,
  outside: ConflictingRows
): Promise<Map<number, Match>> {
  const settled = new Map<number, Match>()
  await forEachConcurrently(conflicts, SETTLED_AT_A_TIME, async (conflict) => {
    const own = conflict.own.map((stockItemId) => ({
      stockItemId,
      active: rows.get(stockItemId)?.active === true,
    }))
    const contenders: Contender[] = [...own]
    const failed = await addOthers(contenders, conflict, matches, outside)
    for (const row of own) {
      const match = conflictOf(row, contenders, conflict.skuId) ?? failed
      if (match) settled.set(row.stockItemId, match)
    }
  })
  return settled
}

/**
 * Adds rows outside of the batch, until more of them would change nothing.
 * @returns the failure of one that could not be read
 */
async function addOthers(
  contenders: Contender[],
  { skuId, others }: Conflict,
  matches: Matches,
  outside: ConflictingRows
): Promise<Match | undefined> {
  let failed: Match | undefined
  const enough = contenders.some(isActive) ? 2 : 1
  for (const stockItemId of others) {
    if (contenders.filter(isActive).length >= enough) break
    const other = await outside.at(stockItemId)
    const leadsHere = matches.get(stockItemId)?.sku?.skuId === skuId
    if ('failure' in other) failed ??= { failed: other.failure }
    else if (other.isUnasked || leadsHere) contenders.push({ stockItemId, ...other })
  }
  return failed
}

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

/** Limits of one batch: rows that are read, and for how long. A worker's run is not much longer. */
export const MOST_LOOKS = 100
const MOST_MS = 10_000

/** A row outside of the batch. */
type OutsideRow = Omit<Contender, 'stockItemId'> | { failure: ErrorSummary }

/** Reads rows outside of a batch from Centra, each once, and updates their cached matches. */
export class ConflictingRows {
  private readonly looks = new Map<number, Promise<OutsideRow>>()
  private startedAt: number | undefined
  /** Set when the circuit to Centra is open: then it is not asked again. */
  private unreachable: ErrorSummary | undefined

  constructor(
    private readonly look: LookAtRow,
    private readonly loaders: IdentifierLoaders,
    private readonly matches: Matches,
    private readonly now: () => number
  ) {}

  /**
   * Returns a row; above the limits unasked, as it is cached. A removed row is inactive.
   * @throws {UpstreamError} of VTEX, what concerns all rows
   */
  async at(stockItemId: number): Promise<OutsideRow> {
    const known = this.looks.get(stockItemId)
    if (known) return known
    if (this.unreachable) return { failure: this.unreachable }
    this.startedAt ??= this.now()
    const isTooMuch = this.looks.size >= MOST_LOOKS || this.now() - this.startedAt >= MOST_MS
    if (isTooMuch) return { active: true, isUnasked: true }
    const looking = this.ask(stockItemId)
    this.looks.set(stockItemId, looking)
    return looking
  }

  private async ask(stockItemId: number): Promise<OutsideRow> {
    let row: MatchedRow | undefined
    try {
      row = await this.look(stockItemId)
    } catch (thrown) {
      // Only the rows that conflict with this one fail.
      if (!(thrown instanceof UpstreamError)) throw thrown
      const failure = { code: thrown.code, message: thrown.message }
      if (isSourceFailure(thrown)) this.unreachable = failure
      return { failure }
    }
    if (!row) {
      // Never fresh: its entry is dropped.
      this.matches.set(stockItemId, { readAt: 0 })
      return { active: false }
    }
    await this.loaders.run([identifiersOf(row)])
    const failure = this.loaders.failed.get(stockItemId)
    return failure ? { failure } : { active: row.active }
  }
}
