import type { Documents } from '../state/documents'
import { ShardedStore } from '../state/shardedStore'
import {
  cachedMatchSchema,
  identifiersOf,
  type Match,
  type MatchedRow,
  type MatchingContext,
  type MatchReads,
  validityOf,
} from './cachedMatch'
import { Claims, ConflictingRows, settleConflicts } from './conflictingRows'
import { IdentifierLoaders } from './identifierLoaders'
import { unmatched } from './matchMessages'

/**
 * Finds the matches of the rows of one slice (up to some thousand rows, in any order): by EAN, else by full
 * SKU. What earlier exports found is remembered, and holds as far as nothing speaks against it; a seventh of
 * the slice, those looked up longest ago, is looked up again all the same. Where other rows are remembered to
 * lead to the same SKU, Centra is asked whether they still do.
 * @returns by `stockItemId`, for every row
 * @throws {UpstreamError} what concerns all rows; what was found until then is remembered
 * @throws {StateError}
 */
export async function matchRows(
  reads: MatchReads,
  documents: Documents,
  rows: readonly MatchedRow[],
  around: MatchingContext
): Promise<ReadonlyMap<number, Match>> {
  const byId = new Map(rows.map((row) => [row.stockItemId, row]))
  if (byId.size === 0) return new Map()
  const ids = [...byId.keys()]
  const matches = await ShardedStore.open(documents, 'matches', cachedMatchSchema, ids)
  const recalled = validityOf(matches, ids, around)
  const lookUps = new IdentifierLoaders(reads, matches, recalled, around)
  const openClaims = () => Claims.open(documents, matches, ids, around.now())
  const save = async (claims: Claims) => {
    // Claims are saved first: a match without its claim would pass for the only one.
    await claims.save()
    await matches.save(recalled.isTrusted)
  }
  const find = async () => {
    await lookUps.run([...byId.values()].map(identifiersOf))
    const claims = await openClaims()
    const rivals = new ConflictingRows(reads.row, lookUps, matches, around.now)
    return { claims, settled: await settleConflicts(claims.contests(), byId, matches, rivals) }
  }
  const { claims, settled } = await find().catch(async (thrown: unknown) => {
    // Not to remember what was found until then costs calls; what stopped it has to be told.
    await openClaims()
      .then(save)
      .catch(() => undefined)
    throw thrown
  })
  await save(claims)

  const found = new Map<number, Match>()
  for (const [stockItemId, row] of byId) {
    const failed = lookUps.failed.get(stockItemId)
    const sku = matches.get(stockItemId)?.sku
    if (failed) found.set(stockItemId, { failed })
    else if (!sku) found.set(stockItemId, unmatched(row))
    else found.set(stockItemId, settled.get(stockItemId) ?? sku)
  }
  return found
}
