import { oneLine } from '../clients/centraErrors'
import { isFresh } from '../common/freshness'
import type { Documents } from '../state/documents'
import { ShardedStore } from '../state/shardedStore'
import { type Claims, type Match, openClaims, settleConflicts } from './conflictingRows'
import {
  cachedMatchSchema,
  fullSku,
  IdentifierLoaders,
  identifiersOf,
  type MatchedRow,
  type MatchingContext,
} from './identifierLoaders'

/**
 * Matches the rows of one batch (up to some thousand, in any order) to SKUs: by EAN, else by full SKU. Uses matches
 * that earlier exports cached, as long as no notification contradicts them; a seventh of the batch, those looked up
 * longest ago, is looked up again. If cached rows lead to the same SKU, asks Centra whether they still exist.
 * @returns by `stockItemId`, for every row
 * @throws {UpstreamError} what concerns all rows; matches found until then are cached
 */
export async function matchRows(
  documents: Documents,
  rows: readonly MatchedRow[],
  context: MatchingContext
): Promise<ReadonlyMap<number, Match>> {
  const byId = new Map(rows.map((row) => [row.stockItemId, row]))
  const ids = [...byId.keys()]
  const matches = await ShardedStore.open(documents, 'matches', cachedMatchSchema, ids)
  const loaders = new IdentifierLoaders(matches, ids, context)
  const openedAt = context.now()
  const claimsNow = () => openClaims(documents, matches, ids, context.now())
  const save = async (claims: Claims) => {
    // Claims first: a match without its claim would look like the only one of its SKU.
    await claims.save()
    await matches.save(({ readAt }) => isFresh(readAt, openedAt))
  }
  const matchOf = (row: MatchedRow, settled: ReadonlyMap<number, Match>): Match => {
    const failed = loaders.failed.get(row.stockItemId)
    const sku = matches.get(row.stockItemId)?.sku
    if (failed) return { failed }
    return sku ? (settled.get(row.stockItemId) ?? sku) : unmatched(row)
  }
  try {
    await loaders.run([...byId.values()].map(identifiersOf))
    const claims = await claimsNow()
    const conflicts = claims.conflicts()
    const settled = await settleConflicts(conflicts, byId, loaders, matches, context)
    await save(claims)
    return new Map([...byId].map(([stockItemId, row]) => [stockItemId, matchOf(row, settled)]))
  } catch (thrown) {
    // If this fails too, later exports make more calls. The first error is the one to report.
    await claimsNow()
      .then(save)
      .catch(() => undefined)
    throw thrown
  }
}

const MOST_SHOWN = 60

/** The match of a row that VTEX has no SKU for. */
function unmatched(row: MatchedRow): Match {
  const ean = oneLine(row.ean ?? '', [], MOST_SHOWN)
  const reference = oneLine(fullSku(row), [], MOST_SHOWN)
  return { unmatched: 'unmatched', message: messageOf(ean, reference) }
}

function messageOf(ean: string, reference: string): string {
  if (ean && reference) return `VTEX knows neither EAN ${ean} nor reference ${reference}`
  if (ean) return `VTEX does not know EAN ${ean}, and the row has no SKU`
  if (reference) return `VTEX does not know reference ${reference}, and the row has no EAN`
  return 'the row has neither an EAN nor a SKU'
}
