import { clamp, dropWhile, last, pluck, sum, takeWhile } from 'ramda'
import { placeOf, type SkuEntries } from '../published/generations'
import type { LedgerView } from '../published/ledger'
import type { Settings } from '../settings/settings'
import { type Checkpoint, type Checkpoints, ofKind, saveCheckpoint } from './checkpoints'
import { countedBatches, firstMissingRange } from './conflicts'
import { END } from './documentNames'
import type { Dependencies } from './engine'
import type { ExportRequest } from './exportRequest'
import type { Progress } from './exportState'
import type { List, Plan } from './planDocuments'
import type { QueueSnapshot } from './queue'
import type { CommittedBatch } from './receipts'

const MINUTE_MS = 60_000
/** A round takes a little less time than the setting says, since updates come some seconds late. */
const MARGIN = 0.98
/** Part of a round that must have passed since the refresh before: many updates need not be many refreshes. */
const SHORTEST_PART = 1 / 50
/** How long a refresh goes on: other updates wait for this one. Up to two batches more make it two minutes. */
const SHORTEST_MS = 20_000
const LONGEST_MS = 70_000

/** Of so few, all are read: the first offers of other sellers may have come since they were written. */
const FEW_SHARDS = 4

type Refresh = NonNullable<Plan['refresh']>

const roundMs = ({ sellersRefreshMinutes }: Pick<Settings, 'sellersRefreshMinutes'>) =>
  sellersRefreshMinutes * MINUTE_MS * MARGIN

/**
 * Where an update refreshes the offers of other sellers; undefined if it does not. VTEX reports no change of them. A round
 * goes through all SKUs by id, so the next ones are those that were read longest ago.
 */
export function refreshOf(
  { route, dry, force }: ExportRequest,
  { exports, settingsHash }: Pick<QueueSnapshot, 'exports' | 'settingsHash'>,
  checkpoints: Checkpoints,
  settings: Pick<Settings, 'sellersRefreshMinutes'>,
  now: number
): Refresh | undefined {
  const all = ofKind(checkpoints, 'sellersRefresh', settingsHash)
  const { at, next = 0 } = all.at(-1) ?? {}
  const isAnyUnderWay = exports.some(({ plan }) => plan?.refresh)
  if (at === undefined || isAnyUnderWay || route !== 'update' || dry || force) return undefined
  // After a pause each offer is read once.
  const since = Math.max(at, now - roundMs(settings))
  const elapsed = now - since
  const isOff = settings.sellersRefreshMinutes === 0
  if (isOff || elapsed < roundMs(settings) * SHORTEST_PART) return undefined
  const from = next >= END ? 0 : next
  const isBefore = (each: Checkpoint) => (each.next ?? 0) <= from
  const isBehind = (each: Checkpoint) => !isBefore(each)
  // The refresh of the round before that came past it, or the full export since then.
  const passed = last(takeWhile(isBehind, dropWhile(isBefore, [...all].reverse())))
  const readAll = ofKind(checkpoints, 'fullSync', settingsHash).at(-1)
  const readAt = Math.max(passed?.at ?? 0, readAll?.at ?? 0)
  const until = now + clamp(SHORTEST_MS, LONGEST_MS, elapsed / 4)
  return { from, since, readAt, until }
}

/**
 * The SKUs whose other sellers' offers an update refreshes: as many as updates at this interval need to get through all
 * of them in one round.
 * @param isOver called between shards; later updates read the rest
 */
export async function dueSkus(
  ledger: LedgerView,
  { from, since }: Refresh,
  settings: Pick<Settings, 'sellersRefreshMinutes'>,
  startedAt: number,
  isAsked: (sellerId: string) => boolean,
  isOver: () => boolean
): Promise<{ ids: number[]; refreshed: NonNullable<List['refreshed']> }> {
  const { generation } = await ledger.base()
  const all = Math.max(1, sum(generation.others))
  const parts = Math.max(1, Math.floor(roundMs(settings) / (startedAt - since)))
  const most = Math.ceil(all / parts)
  const skuMs = roundMs(settings) / all
  const first = placeOf(generation, from)
  const isDue = ([skuId, entries]: SkuEntries) =>
    skuId >= from && entries.some(({ sellerId }) => isAsked(sellerId))
  const ids: number[] = []
  for (const [place, skus] of generation.others.entries()) {
    const isEmpty = skus === 0 && generation.shards.length > FEW_SHARDS
    if (isEmpty || place < first) continue
    const due = (await ledger.shard(place)).filter(isDue)
    const left = ids.length > 0 && isOver() ? 0 : most - ids.length
    for (const [skuId] of due.slice(0, left)) ids.push(skuId)
    const next = due[left]?.[0]
    if (next !== undefined) return { ids, refreshed: { next, skuMs } }
  }
  return { ids, refreshed: { next: END, skuMs } }
}

const isRefresh = ({ source }: Pick<CommittedBatch, 'source'>) => source === 'sellersRefresh'

/** Saves how far an update came. What is left of its time counts for the next one, which then reads more. */
export async function advanceRefresh(
  { documents }: Pick<Dependencies, 'documents'>,
  queue: QueueSnapshot,
  progress: Progress,
  batches: readonly CommittedBatch[]
): Promise<void> {
  const { exportId, refresh, startedAt } = progress.plan
  const { refreshed, total } = progress.lists.sellersRefresh ?? {}
  const state = progress.sources.find(isRefresh)
  if (!refresh || !refreshed || !state) return
  const { deliveries, settingsHash } = queue
  const counted = countedBatches(exportId, 'sellersRefresh', state.basis, deliveries)
  const gap = total === 0 ? undefined : firstMissingRange(counted)
  if (gap?.from === 0) return
  const read = sum(pluck('skus', batches.filter(isRefresh)))
  const next = gap?.from ?? refreshed.next
  const at = Math.min(startedAt, refresh.since + Math.ceil(read * refreshed.skuMs))
  await saveCheckpoint(documents, { kind: 'sellersRefresh', at, settingsHash, exportId, next })
}

/** A full export read the offers of all other sellers: a new round begins. */
export async function beginRounds(
  { documents, clock }: Pick<Dependencies, 'documents' | 'clock'>,
  { settingsHash }: QueueSnapshot,
  { plan: { exportId }, lists }: Progress
): Promise<void> {
  if (!lists.sellers?.total) return
  const at = clock.now()
  await saveCheckpoint(documents, { kind: 'sellersRefresh', at, settingsHash, exportId, next: 0 })
}
