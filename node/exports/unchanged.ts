import { partition } from 'ramda'

import { Ledger } from '../ledger/ledger'
import { fingerprint, type Settings } from '../settings/settings'
import type { SourceName } from '../sources/source'
import { isInDoubt } from './coverage'
import type { Engine } from './engine'
import type { Line } from './line'
import { counted, type Part } from './part'
import type { ExportRequest } from './scope'

/** What is told with other settings, or in another workspace, is no use to the ledger. */
export const markOf = (settings: Settings, { workspace }: Pick<Engine, 'workspace'>) =>
  `${fingerprint(settings)}@${workspace}`

/** What another worker told so lately, and when it began to read, may not be visible in the ledger yet. */
const UNSEEN_MS = 120_000

interface Around {
  source: SourceName
  /** Of the settings and the workspace. */
  mark: string
  worker: string
  /** SKUs of which this worker told Intershop. */
  told: ReadonlySet<number>
}

/**
 * A part without the offers that Intershop holds already. Only updates leave them out; whoever asks for anything
 * else wants it sent.
 * @throws {StateError}
 */
export async function withoutUnchanged(
  { documents, clock }: Pick<Engine, 'documents' | 'clock'>,
  { deliveries }: Line,
  { route }: ExportRequest,
  part: Part,
  { source, mark, worker, told }: Around
): Promise<Part> {
  if (route !== 'update' || part.offers.length === 0) return part
  // Where two workers were at work at once, nobody knows whose files came last.
  if (isInDoubt(source, deliveries)) return part
  const now = clock.now()
  if (deliveries.some((each) => each.worker !== worker && each.stamp > now - UNSEEN_MS)) return part
  const skuIds = part.offers.map(({ skuId }) => skuId)
  const ledger = await Ledger.open(documents, skuIds)
  const [held, offers] = partition(
    (offer) => !told.has(offer.skuId) && ledger.holds(offer, mark, now),
    part.offers
  )
  const { processed: _, ...counts } = part.counts
  return {
    ...part,
    offers,
    counts: counted({ ...counts, sent: offers.length, unchanged: held.length }),
  }
}
