import { findLastIndex } from 'ramda'
import { yieldToEvents } from '../common/concurrency'
import { isOfKind } from '../common/upstreamError'
import type { Settings } from '../settings/settings'
import {
  isRefusal,
  MANY_IN_A_ROW,
  type SkuBatch,
  type SkuBatchReader,
  type SkuReading,
  type SkuSource,
  SourceRefusedError,
} from '../sources/source'
import { type BatchResult, batchResultOf } from './batchResult'

/** With so many SKUs left, half of a small batch, the next one begins: opening it takes a fraction of a second. */
const LAST_SKUS = 500

/** How many SKUs of a batch are read. */
interface SkuLimits {
  /** Where the next batch starts if all of them are read. */
  to: number
  /** UTC milliseconds; SKUs that are being read then are finished. */
  deadline: number
  now(): number
  /** Called once only the last SKUs are left, if they will be read in time: a slow batch shares its quota with no other. */
  onNearEnd?(to: number): void
}

/** A source that is read by SKU. Without `skuIds`, a few refused SKUs are not compared with others. */
type BatchSource = Pick<SkuSource, 'open' | 'concurrency' | 'admission'> &
  Partial<Pick<SkuSource, 'skuIds'>>

/**
 * Reads SKUs, always at least one. Stops at the deadline, at the first SKU that an open circuit blocks, or after
 * the last accepted SKU when the source refuses many in a row.
 * @returns what was read up to, not including, `to`
 * @throws {UpstreamError} if the circuit is open before the first SKU
 * @throws {SourceRefusedError} if the source refuses all that was read, and other SKUs too
 */
export async function readSkus(
  source: BatchSource,
  settings: Settings,
  batch: SkuBatch,
  limits: SkuLimits
): Promise<{ part: BatchResult; to: number }> {
  const { ids } = batch
  const { to } = limits
  if (ids.length === 0) return { part: resultOfSkus([], settings), to }
  const reader = await source.open(batch)
  const { readings, areManyRefused } = await readAll(source, reader, ids, limits)
  const good = findLastIndex(isGood, readings) + 1
  const refusal = readings.flatMap(({ failures }) => failures).find(isRefusal)
  if (refusal && good === 0 && (areManyRefused || (await refusesOthers(source, ids)))) {
    throw new SourceRefusedError(refusal.message)
  }
  await reader.close()
  const kept = areManyRefused ? readings.slice(0, good) : readings
  await yieldToEvents()
  const part = resultOfSkus(kept, settings)
  await yieldToEvents()
  return { part, to: ids[kept.length] ?? to }
}

/**
 * Reads several SKUs at a time. Each starts once the rate limit admits its requests.
 * @returns the readings of the first SKUs, without gaps
 * @throws what stopped it; an open circuit only if the first SKU was not read
 */
async function readAll(
  source: BatchSource,
  reader: SkuBatchReader,
  ids: readonly number[],
  limits: SkuLimits
) {
  const { deadline, now } = limits
  const readings: Array<SkuReading | undefined> = []
  let underWay = 0
  let ended = () => {}
  const oneEnds = () =>
    new Promise<void>((resolve) => {
      ended = resolve
    })
  let refusedInARow = 0
  let stop: { thrown: unknown } | undefined
  const readOne = async (skuId: number, index: number) => {
    try {
      const reading = await reader.read(skuId)
      readings[index] = reading
      if (isRefused(reading)) refusedInARow++
      else if (isGood(reading)) refusedInARow = 0
    } catch (thrown) {
      if (!stop || !isOfKind(thrown, 'circuitOpen')) stop = { thrown }
    } finally {
      underWay--
      ended()
    }
  }
  const areManyRefused = () => refusedInARow >= MANY_IN_A_ROW
  const noteStart = nearEndWatch(ids.length, limits)
  for (const [index, skuId] of ids.entries()) {
    if (index > 0) {
      while (underWay >= source.concurrency) await oneEnds()
      // Before the deadline check: an admitted SKU is read at once and does not wait for the rate limit.
      await source.admission?.()
      if (stop || areManyRefused() || now() >= deadline) break
    }
    noteStart(index)
    underWay++
    void readOne(skuId, index)
  }
  while (underWay > 0) await oneEnds()
  const hole = Array.from(readings).indexOf(undefined)
  const whole = hole === -1 ? readings : readings.slice(0, hole)
  const read = whole.filter((reading) => reading !== undefined)
  if (stop && (read.length === 0 || !isOfKind(stop.thrown, 'circuitOpen'))) throw stop.thrown
  return { readings: read, areManyRefused: areManyRefused() }
}

/** @returns called with the index of each SKU that starts; says when only the last ones are left */
function nearEndWatch(skus: number, { to, deadline, now, onNearEnd }: SkuLimits) {
  const left = Math.min(LAST_SKUS, Math.floor(skus / 2))
  const begunAt = now()
  return (index: number) => {
    if (left === 0 || index !== skus - left) return
    const msLeft = ((now() - begunAt) / index) * left
    if (now() + msLeft < deadline) onNearEnd?.(to)
  }
}

/**
 * Whether the source also refuses the first SKUs that it lists outside of the batch. A few refused SKUs alone do not
 * show whether the SKUs or the credentials are the cause.
 * @throws {UpstreamError} if the list is refused, or a failure concerns all SKUs
 */
async function refusesOthers({ skuIds, open }: BatchSource, ids: readonly number[]) {
  const others = skuIds ? await firstOf(skuIds(), new Set(ids)) : []
  if (others.length === 0) return false
  const reader = await open({ ids: others })
  let refused = 0
  for (const skuId of others) {
    const reading = await reader.read(skuId)
    if (isGood(reading)) return false
    if (isRefused(reading)) refused++
  }
  return refused > 0
}

async function firstOf(pages: ReturnType<SkuSource['skuIds']>, excluded: ReadonlySet<number>) {
  const found = new Set<number>()
  for await (const { ids } of pages) {
    for (const id of ids) if (!excluded.has(id) && found.size < MANY_IN_A_ROW) found.add(id)
    if (found.size === MANY_IN_A_ROW) break
  }
  return [...found].sort((one, other) => one - other)
}

const isRefused = ({ failures }: SkuReading): boolean => failures.some(isRefusal)

/** Whether the reading shows that the source accepts the credentials. */
const isGood = (reading: SkuReading): boolean => !isRefused(reading) && !reading.unasked

function resultOfSkus(readings: readonly SkuReading[], settings: Settings): BatchResult {
  const failures = readings.flatMap((reading) => reading.failures)
  const offers = readings.flatMap((reading) => reading.offers)
  const removed = readings.flatMap((reading) => reading.removed ?? [])
  const unknown = readings.flatMap((reading) => reading.unknown ?? [])
  const found = { read: readings.length, offers, removed, failures, unmapped: [], unknown }
  return batchResultOf(found, settings)
}
