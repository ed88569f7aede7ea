import type { KeptById } from '../../state/keptById'
import { forEachOf } from '../forEachOf'
import type { Match, MatchedRow } from '../matches'
import type { Contest } from './claims'
import { ambiguous, inactive } from './messages'
import type { Remembered } from './remembered'
import type { Rivals } from './rivals'

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
export async function settle(
  contests: readonly Contest[],
  rows: ReadonlyMap<number, MatchedRow>,
  matches: KeptById<Remembered>,
  rivals: Rivals
): Promise<Map<number, Match>> {
  const settled = new Map<number, Match>()
  await forEachOf(contests, SETTLED_AT_A_TIME, async (contest) => {
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
  contest: Contest,
  matches: KeptById<Remembered>,
  rivals: Rivals
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
