import { min, partition, pluck } from 'ramda'

import { codeOf } from '../clients/upstreamError'
import type { Failure } from '../offers/stockOffer'
import type { Settings } from '../settings/settings'
import { type Sources, STOCK_SOURCES } from '../sources/source'
import { allDeliveries, type Delivered, failuresOf, stampsOf } from './deliveries'
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
  const deliveries = await allDeliveries(engine, line, exportId)
  const failed = await failedIn(engine, line, exportId, deliveries)
  const { skuIds, sellers } = await passedOver(
    engine.documents,
    (skuId, entry) => isCandidate(skuId, entry) && !failed.otherwise(skuId, entry),
    toldWithin(engine, line, exportId)
  )
  if (requestOf(line, exportId).force) return { skuIds, withheld: [] }
  const met = new Set(deliveries.flatMap((delivery) => delivery.sellers))
  const unmet = [...sellers].filter((sellerId) => !met.has(sellerId))
  const inactive = unmet.length > 0 ? await direct.inactiveSellers() : new Set()
  return { skuIds, withheld: unmet.filter((sellerId) => !inactive.has(sellerId)) }
}

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
    reported: async () => {
      const deliveries = await allDeliveries(engine, line, exportId)
      return (await failedIn(engine, line, exportId, deliveries)).missing
    },
  }
  return passedOverOffers({ documents, now }, sources, settings, asking)
}

/** What a dry run tells, the ledger does not know. */
const toldWithin =
  (engine: Engine, line: Line, exportId: string) =>
  async (_range: Range): Promise<Told> =>
    requestOf(line, exportId).dry ? dryTold(engine, line, exportId) : () => false

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
  const since = stampsOf(line, exportId).reduce(min, plan?.startedAt ?? 0)
  return allOf(isAskedFor({ scope, sources }, settings), isPassedOver(since))
}

const allOf =
  (...are: Candidate[]): Candidate =>
  (skuId, entry) =>
    are.every((is) => is(skuId, entry))

/** What an export reports as failed already. */
interface Failed {
  /** As not being there: it may be gone, which is asked for; else it is not to be reported twice. */
  missing: Candidate
  /** It is not asked for again. */
  otherwise: Candidate
}

async function failedIn(
  engine: Engine,
  line: Line,
  exportId: string,
  deliveries: readonly Delivered[]
): Promise<Failed> {
  const all: Failure[] = []
  for (const name of STOCK_SOURCES) {
    const own = deliveries.filter(({ source }) => source === name)
    if (own.every(({ counts }) => counts.failed === 0)) continue
    for (const failure of await failuresOf(engine, line, exportId, name)) all.push(failure)
  }
  const [missing, otherwise] = partition(({ code }) => code === codeOf('missing'), all)
  return { missing: isOneOf(missing), otherwise: isOneOf(otherwise) }
}

function isOneOf(failures: readonly Failure[]): Candidate {
  const skuIds = new Set(pluck('skuId', failures))
  const rowIds = new Set(pluck('rowId', failures))
  return (skuId, { rowId }) => skuIds.has(skuId) || (rowId !== undefined && rowIds.has(rowId))
}
