import type { Catalog } from '../clients/catalog'
import type { Documents } from '../state/documents'
import { KeptById } from '../state/keptById'
import type { ReadFailure } from './concernsAll'
import { Claims } from './matching/claims'
import { settle } from './matching/contests'
import { LookUps } from './matching/lookUps'
import { unmatched } from './matching/messages'
import { recall, rememberedSchema, wantedOf } from './matching/remembered'
import { type LookAtRow, Rivals } from './matching/rivals'

/**
 * The VTEX SKU that a row of Centra's stock is, or why there is none: VTEX knows neither its EAN nor its
 * full SKU; another active row is the same SKU; or it is inactive, and another row is the SKU; or that this
 * could not be found out now.
 */
export type Match =
  | { skuId: number; isActive: boolean; refId?: string | undefined; ean?: string | undefined }
  | { unmatched: 'unmatched' | 'ambiguous' | 'inactive'; message: string }
  | { failed: ReadFailure }

/** What is needed of a row of Centra's stock. */
export interface MatchedRow {
  stockItemId: number
  sku: string
  variantSku: string
  sizeSku: string
  ean?: string | undefined
  active: boolean
}

/** What matches are read from. */
export interface MatchReads extends Pick<Catalog, 'skuByEan' | 'skuIdsByRefIds' | 'skuContext'> {
  row: LookAtRow
  /** Looks whether the catalog lets the app in at all. @throws {UpstreamError} `refused` where it does not */
  control(): Promise<void>
}

/** What is known around a slice. Moments are UTC milliseconds; 0 where nothing was reported. */
export interface AroundMatches {
  /** When a SKU was last reported modified. */
  modifiedAt: (skuId: number) => number
  /** When any SKU was. */
  modifiedLast: number
  /** Calls at a time. */
  concurrency: number
  now: () => number
}

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
  around: AroundMatches
): Promise<ReadonlyMap<number, Match>> {
  const byId = new Map(rows.map((row) => [row.stockItemId, row]))
  if (byId.size === 0) return new Map()
  const ids = [...byId.keys()]
  const matches = await KeptById.open(documents, 'matches', rememberedSchema, ids)
  const recalled = recall(matches, ids, around)
  const lookUps = new LookUps(reads, matches, recalled, around)
  const openClaims = () => Claims.open(documents, matches, ids, around.now())
  const save = async (claims: Claims) => {
    // Claims are saved first: a match without its claim would pass for the only one.
    await claims.save()
    await matches.save(recalled.isTrusted)
  }
  const find = async () => {
    await lookUps.run([...byId.values()].map(wantedOf))
    const claims = await openClaims()
    const rivals = new Rivals(reads.row, lookUps, matches, around.now)
    return { claims, settled: await settle(claims.contests(), byId, matches, rivals) }
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
