import type { Settings } from '../settings/settings'
import { type Sources, STOCK_SOURCES } from '../sources/source'
import { allDeliveries, failuresOf, stampsOf } from './deliveries'
import { dryTold } from './dryTold'
import type { Engine } from './engine'
import { type Line, progressOf, requestOf } from './line'
import type { Range } from './names'
import {
  type Candidate,
  isAskedFor,
  isHeld,
  isPassedOver,
  passedOver,
  type Told,
} from './passedOver'
import type { List } from './plan'
import { isSmall } from './scope'
import { passedOverOffers } from './vanished'

/** What was passed over, and what of it is kept back. */
export interface Vanishing {
  skuIds: number[]
  /** Sellers of which the export met no SKU at all. */
  withheld: string[]
}

/**
 * What Intershop may be selling that no source of an export told of. A seller of which not a single SKU was met
 * has not sold out all at once, unless VTEX's register says that it is not active.
 * @throws {UpstreamError} {@link StateError} {@link LostDocumentError}
 */
export async function listVanishing(
  engine: Engine,
  line: Line,
  exportId: string,
  { direct }: Sources,
  settings: Settings
): Promise<Vanishing> {
  const isCandidate = candidates(line, exportId, settings)
  const isFailed = await failedIn(engine, line, exportId)
  const { skuIds, sellers } = await passedOver(
    engine.documents,
    (skuId, entry) => isCandidate(skuId, entry) && !isFailed(skuId, entry),
    toldWithin(engine, line, exportId)
  )
  if (requestOf(line, exportId).force) return { skuIds, withheld: [] }
  const deliveries = await allDeliveries(engine, line, exportId)
  const met = new Set(deliveries.flatMap((delivery) => delivery.sellers))
  const unmet = [...sellers].filter((sellerId) => !met.has(sellerId))
  const inactive = unmet.length > 0 ? await direct.inactiveSellers() : new Set()
  return { skuIds, withheld: unmet.filter((sellerId) => !inactive.has(sellerId)) }
}

/** The code of a 404 of an upstream. */
const MISSING = 'upstream_missing'

/** Reads what was passed over. */
export function vanishingSource(
  engine: Engine,
  line: Line,
  exportId: string,
  { withheld = [] }: List,
  { sources, settings, now }: { sources: Sources; settings: Settings; now: () => number }
) {
  const { documents } = engine
  const asking = {
    isCandidate: candidates(line, exportId, settings),
    toldWithin: toldWithin(engine, line, exportId),
    withheld: new Set(withheld),
  }
  return passedOverOffers({ documents, now }, sources, settings, asking)
}

/** What a dry run tells, the ledger does not know. */
const toldWithin =
  (engine: Engine, line: Line, exportId: string) =>
  async (range: Range): Promise<Told> =>
    requestOf(line, exportId).dry ? dryTold(engine, line, exportId, range) : () => false

function candidates(line: Line, exportId: string, settings: Settings): Candidate {
  const request = requestOf(line, exportId)
  const { scope } = request
  const { plan, sources: states = [] } = progressOf(line, exportId) ?? {}
  if (isSmall(request)) {
    const sources = STOCK_SOURCES.filter((name) => plan?.sources.includes(name))
    return allOf(isAskedFor({ scope, sources }, settings), isHeld)
  }
  // What a source that was not read to its end did not tell of may be there.
  const read = states.filter(({ listed, gap }) => listed && !gap).map(({ source }) => source)
  const sources = STOCK_SOURCES.filter((name) => read.includes(name))
  const since = Math.min(...stampsOf(line, exportId), plan?.startedAt ?? 0)
  return allOf(isAskedFor({ scope, sources }, settings), isPassedOver(since))
}

const allOf =
  (...are: Candidate[]): Candidate =>
  (skuId, entry) =>
    are.every((is) => is(skuId, entry))

/** What is reported as failed already is not asked for again, unless it failed for not being there. */
async function failedIn(engine: Engine, line: Line, exportId: string): Promise<Candidate> {
  const skuIds = new Set<number>()
  const rowIds = new Set<number>()
  for (const source of STOCK_SOURCES) {
    for (const { skuId, rowId, code } of await failuresOf(engine, line, exportId, source)) {
      if (code === MISSING) continue
      if (skuId !== undefined) skuIds.add(skuId)
      if (rowId !== undefined) rowIds.add(rowId)
    }
  }
  return (skuId, { rowId }) => skuIds.has(skuId) || (rowId !== undefined && rowIds.has(rowId))
}
