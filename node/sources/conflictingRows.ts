import { equals } from 'ramda'
import { z } from 'zod'
import { forEachConcurrently } from '../common/concurrency'
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
  noMatch,
} from './cachedMatch'
import type { IdentifierLoaders } from './identifierLoaders'
import { isSourceFailure, type ReadFailure } from './itemFailure'
import { ambiguous, inactive } from './matchMessages'

/** The stock items that lead to a SKU, each with when it last was seen to, give or take {@link RENEWED_MS}. */
const claimsSchema = z.array(z.object({ stockItemId: z.number(), at: z.number() }))

type ClaimsOfSku = z.infer<typeof claimsSchema>

/** So many tell that a SKU is disputed, however many more there are. */
const MOST_CLAIMS = 8
/** Well before it would be forgotten. */
const RENEWED_MS = MAX_AGE_MS / 2

type Matches = ShardedStore<CachedMatch>

/** Several rows that lead to one SKU, as far as is known. */
export interface Conflict {
  skuId: number
  /** Those of the batch. */
  own: readonly number[]
  /** Those that are remembered, as they were left by other batches and exports; the least certain first. */
  rivals: readonly number[]
}

/** Who leads to the SKUs of a batch's rows: the rows themselves, and what other batches and exports left. */
export class Claims {
  private constructor(
    private readonly kept: ShardedStore<ClaimsOfSku>,
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
    const kept = await ShardedStore.open(documents, 'claims', claimsSchema, led.keys())
    const known = [...led].flatMap(([skuId, own]) => [
      ...stockItems(kept.get(skuId) ?? []),
      ...own.flatMap((row) => matches.get(row)?.rival ?? []),
    ])
    await matches.read(known)
    return new Claims(kept, matches, led, now)
  }

  /** The SKUs that several rows lead to, those first of which a claim was not renewed for the longest time. */
  contests(): Conflict[] {
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
    await this.kept.save((claims) => claims.some(({ at }) => isFresh(at, this.now)))
  }

  /** Those that claim it, and those that its rows remember: a claim may be lost. */
  private rivalsOf(skuId: number, own: readonly number[]): ClaimsOfSku {
    const claims = this.believed(skuId)
    const remembered = new Set(own.flatMap((row) => this.matches.get(row)?.rival ?? []))
    for (const { stockItemId } of claims) remembered.delete(stockItemId)
    const confirmed = [...remembered].flatMap((stockItemId) => {
      const { sku, readAt: at = 0 } = this.matches.get(stockItemId) ?? {}
      return sku?.skuId === skuId && isFresh(at, this.now) ? [{ stockItemId, at }] : []
    })
    return [...claims, ...confirmed]
      .filter(({ stockItemId }) => !own.includes(stockItemId))
      .sort((a, b) => a.at - b.at)
  }

  /** A claim counts for a week, unless what is remembered of its row says otherwise; that may be lost. */
  private believed(skuId: number): ClaimsOfSku {
    return (this.kept.get(skuId) ?? []).filter(({ stockItemId, at }) => {
      const remembered = this.matches.get(stockItemId)
      return isFresh(at, this.now) && (!remembered || remembered.sku?.skuId === skuId)
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

/** Each may have Centra asked, which takes few calls at a time. */
const SETTLED_AT_A_TIME = 4

/** A row that leads to the SKU. */
interface Contender {
  stockItemId: number
  active: boolean
  /** It is taken to be as it is remembered. */
  isUnasked?: boolean
}

/**
 * Decides which of the rows that lead to one SKU is that SKU: the one that is active. Rivals outside of the
 * batch are looked at, as far as that makes a difference.
 * @param rows the batch's
 * @returns of the batch's rows those that are not their SKU, and why
 * @throws {UpstreamError} of VTEX, what concerns all rows
 */
export async function settleConflicts(
  contests: readonly Conflict[],
  rows: ReadonlyMap<number, MatchedRow>,
  matches: ShardedStore<CachedMatch>,
  rivals: ConflictingRows
): Promise<Map<number, Match>> {
  const settled = new Map<number, Match>()
  await forEachConcurrently(contests, SETTLED_AT_A_TIME, async (contest) => {
    const own = contest.own.map((stockItemId) => ({
      stockItemId,
      active: rows.get(stockItemId)?.active === true,
    }))
    const there: Contender[] = [...own]
    const failed = await addRivals(there, contest, matches, rivals)
    for (const row of own) {
      const match = against(row, there, contest.skuId) ?? failed
      if (match) settled.set(row.stockItemId, match)
    }
  })
  return settled
}

const isActive = ({ active }: Contender) => active

/**
 * Adds the rivals outside of the batch; not all, where no more of them would change anything.
 * @returns why one of them could not be looked at
 */
async function addRivals(
  there: Contender[],
  contest: Conflict,
  matches: ShardedStore<CachedMatch>,
  rivals: ConflictingRows
): Promise<Match | undefined> {
  let failed: Match | undefined
  const enough = there.some(isActive) ? 2 : 1
  for (const stockItemId of contest.rivals) {
    if (there.filter(isActive).length >= enough) break
    const rival = await rivals.at(stockItemId)
    const leadsHere = matches.get(stockItemId)?.sku?.skuId === contest.skuId
    if ('failure' in rival) failed ??= { failed: rival.failure }
    else if (rival.isUnasked || leadsHere) there.push({ stockItemId, ...rival })
  }
  return failed
}

/** What a row is instead of its SKU; undefined where none of the others keeps it from being that. */
function against(row: Contender, there: readonly Contender[], skuId: number): Match | undefined {
  const { stockItemId } = row
  const others = there.filter((other) => other.stockItemId !== stockItemId)
  const active = others.find(isActive)
  if (row.active) {
    return active && ambiguous(stockItemId, active.stockItemId, skuId, active.isUnasked)
  }
  // Where none is active, there is nothing to sell, and one of them says so.
  const stands = active ?? others.find((other) => other.stockItemId < stockItemId)
  return stands && inactive(stockItemId, stands.stockItemId, skuId)
}

/** So many rows are looked at for one batch, for as long as this; a worker's run is not much longer. */
export const MOST_LOOKS = 100
const MOST_MS = 10_000

/** What became of a row that is remembered to lead to a SKU. Where it leads now is remembered: nowhere, if it is gone. */
export type ConflictingRow =
  | {
      active: boolean
      /** Too many were asked for already: it is taken to be as it is remembered. */
      isUnasked?: boolean
    }
  | { failure: ReadFailure }

/** Looks at rows outside of a batch, each once. */
export class ConflictingRows {
  private readonly looks = new Map<number, Promise<ConflictingRow>>()
  private startedAt: number | undefined
  /** The circuit to Centra is open: then it is not asked again. */
  private unreachable: ReadFailure | undefined

  constructor(
    private readonly look: LookAtRow,
    private readonly lookUps: IdentifierLoaders,
    private readonly matches: ShardedStore<CachedMatch>,
    private readonly now: () => number
  ) {}

  /** @throws {UpstreamError} of VTEX, what concerns all rows */
  async at(stockItemId: number): Promise<ConflictingRow> {
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

  private async ask(stockItemId: number): Promise<ConflictingRow> {
    let row: MatchedRow | undefined
    try {
      row = await this.look(stockItemId)
    } catch (thrown) {
      // That Centra does not let one look at a rival is a failure of those that it concerns, and of no other row.
      if (!(thrown instanceof UpstreamError)) throw thrown
      const failure = { code: thrown.code, message: thrown.message }
      if (isSourceFailure(thrown)) this.unreachable = failure
      return { failure }
    }
    if (!row) {
      this.matches.set(stockItemId, noMatch)
      return { active: false }
    }
    await this.lookUps.run([identifiersOf(row)])
    const failure = this.lookUps.failed.get(stockItemId)
    return failure ? { failure } : { active: row.active }
  }
}
