import { findLastIndex } from 'ramda'
import { UpstreamError } from '../common/upstreamError'
import type { Settings } from '../settings/settings'
import { isRefusal, MANY_IN_A_ROW, SourceRefusedError } from '../sources/itemFailure'
import type {
  PageCursor,
  PagedSource,
  PageSelection,
  SkuBatch,
  SkuBatchReader,
  SkuReading,
  SkuSource,
} from '../sources/source'
import { type BatchResult, batchResultOf } from './batchResult'
import { END } from './documentNames'

/** What a slice read: SKUs up to, not including, `to`. */
export interface SkuBatchResult {
  part: BatchResult
  to: number
}

/** What is read in slices. Where it lists no SKUs, refusals that are few are not checked by reading others. */
export type BatchSource = Pick<SkuSource, 'open' | 'concurrency' | 'admission'> &
  Partial<Pick<SkuSource, 'skuIds'>>

/**
 * Reads SKUs until they or the time are at an end, and always at least one; or until their upstream is
 * down: then up to the first that could not be asked for; or until it refuses one SKU after another: then up to
 * the last that it did not refuse.
 * @param to where the slice after this one starts
 * @param deadline UTC milliseconds; reads under way at it are finished
 * @throws {UpstreamError} where reading on is pointless: down from the start
 * @throws {SourceRefusedError} where all that was read is refused, and so are other SKUs
 */
export async function readSkus(
  source: BatchSource,
  settings: Settings,
  slice: SkuBatch,
  to: number,
  deadline: number,
  now: () => number
): Promise<SkuBatchResult> {
  const { ids } = slice
  if (ids.length === 0) return { part: resultOfSkus([], settings), to }
  const reader = await source.open(slice)
  const { readings, circuitOpen, areManyRefused } = await readAll(
    source,
    reader,
    ids,
    deadline,
    now
  )
  if (circuitOpen && readings.length === 0) throw circuitOpen
  const good = findLastIndex(isGood, readings) + 1
  const refusal = readings.flatMap(({ failures }) => failures).find(isRefusal)
  if (refusal && good === 0 && (areManyRefused || (await refusesOthers(source, ids)))) {
    throw new SourceRefusedError(refusal.message)
  }
  await reader.close()
  const kept = areManyRefused ? readings.slice(0, good) : readings
  return { part: resultOfSkus(kept, settings), to: ids[kept.length] ?? to }
}

interface Readings {
  /** Of the first SKUs, none missing. */
  readings: SkuReading[]
  /** What kept the others from being read. */
  circuitOpen: UpstreamError | undefined
  /** Those were refused, many in a row. */
  areManyRefused: boolean
}

/** Reads some SKUs at a time, each begun once its upstream would take its calls. */
async function readAll(
  source: BatchSource,
  reader: SkuBatchReader,
  ids: readonly number[],
  deadline: number,
  now: () => number
): Promise<Readings> {
  const readings: Array<SkuReading | undefined> = []
  const underWay = new Set<Promise<void>>()
  const inARow = new RefusalsInARow()
  let circuitOpen: UpstreamError | undefined
  let fault: { thrown: unknown } | undefined
  const readOne = async (skuId: number, index: number) => {
    try {
      const reading = await reader.read(skuId)
      readings[index] = reading
      inARow.add(reading)
    } catch (thrown) {
      if (isCircuitOpen(thrown)) circuitOpen ??= thrown
      else fault ??= { thrown }
    }
  }
  const isOver = () => circuitOpen !== undefined || fault !== undefined || inARow.areMany
  for (const [index, skuId] of ids.entries()) {
    if (index > 0) {
      while (underWay.size >= source.concurrency) await Promise.race(underWay)
      // Before the deadline is looked at: what begins is read at once, and not when a quota gets to it.
      await source.admission?.()
      if (isOver() || now() >= deadline) break
    }
    const reading: Promise<void> = readOne(skuId, index).finally(() => underWay.delete(reading))
    underWay.add(reading)
  }
  await Promise.all(underWay)
  if (fault) throw fault.thrown
  const hole = Array.from(readings).indexOf(undefined)
  const read = readings.slice(0, hole === -1 ? readings.length : hole)
  return {
    readings: read.filter((reading) => reading !== undefined),
    circuitOpen,
    areManyRefused: inARow.areMany,
  }
}

/** Counts SKUs that were refused since one was not. */
class RefusalsInARow {
  private count = 0

  add(reading: SkuReading) {
    if (isRefused(reading)) this.count++
    else if (isGood(reading)) this.count = 0
  }

  get areMany() {
    return this.count >= MANY_IN_A_ROW
  }
}

/**
 * Whether a source refuses SKUs that are not in a slice, too: all of the first that it lists. Whoever reads few
 * SKUs cannot tell their own trouble from a key that opens nothing.
 * @throws {UpstreamError} where the list is refused, or what is the same for all SKUs
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

async function firstOf(pages: ReturnType<SkuSource['skuIds']>, but: ReadonlySet<number>) {
  const found = new Set<number>()
  for await (const { ids } of pages) {
    for (const id of ids) {
      if (!but.has(id)) found.add(id)
      if (found.size === MANY_IN_A_ROW) break
    }
    if (found.size === MANY_IN_A_ROW) break
  }
  return [...found].sort((one, other) => one - other)
}

const isCircuitOpen = (thrown: unknown): thrown is UpstreamError =>
  thrown instanceof UpstreamError && thrown.kind === 'circuitOpen'

const isRefused = ({ failures }: SkuReading): boolean => failures.some(isRefusal)

/** Whether it shows that the upstream lets the app in. */
const isGood = (reading: SkuReading): boolean => !isRefused(reading) && !reading.unasked

function resultOfSkus(readings: readonly SkuReading[], settings: Settings): BatchResult {
  const failures = readings.flatMap((reading) => reading.failures)
  const offers = readings.flatMap((reading) => reading.offers)
  const removed = readings.flatMap((reading) => reading.removed ?? [])
  const unknown = readings.flatMap((reading) => reading.unknown ?? [])
  const found = { read: readings.length, offers, removed, failures, unmapped: [], unknown }
  return batchResultOf(found, settings)
}

interface PageBatch {
  selection: PageSelection
  /** The number of the page that comes next, and where it is. */
  from: number
  cursor: PageCursor | undefined
  mostRows: number
  /** UTC milliseconds. */
  deadline: number
}

/**
 * Reads pages until rows or time are at an end.
 * @returns what they held, and the number of the page that comes next
 * @throws {UpstreamError} where nothing could be read
 * @throws {StateError}
 */
export async function readPages(
  source: PagedSource,
  settings: Settings,
  { selection, from, cursor, mostRows, deadline }: PageBatch,
  now: () => number
): Promise<{ part: BatchResult; to: number }> {
  const enough = (rows: number) => rows >= mostRows || now() >= deadline
  const { rows, pages, cursor: next, ...found } = await source.read(selection, cursor, enough)
  const part = batchResultOf({ read: rows, ...found }, settings)
  return next ? { part: { ...part, cursor: next }, to: from + pages } : { part, to: END }
}
