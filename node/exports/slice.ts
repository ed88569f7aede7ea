import pLimit from 'p-limit'

import { UpstreamError } from '../clients/upstreamError'
import type { Settings } from '../settings/settings'
import type { SkuReading, SkuSlice, SkuSource } from '../sources/source'
import { type Part, partOf } from './part'

/** What a slice read: SKUs up to, not including, `to`. */
export interface Slice {
  part: Part
  to: number
}

/**
 * Reads SKUs until they or the time are at an end, and always at least one; or until their upstream is
 * down: then up to the first that could not be asked for.
 * @param to where the slice after this one starts
 * @param deadline UTC milliseconds; reads under way at it are finished
 * @throws {UpstreamError} where reading on is pointless: credentials refused, or down from the start
 */
export async function readSlice(
  source: Pick<SkuSource, 'open' | 'concurrency'>,
  settings: Settings,
  slice: SkuSlice,
  to: number,
  deadline: number,
  now: () => number
): Promise<Slice> {
  const { ids } = slice
  if (ids.length === 0) return { part: partOfSkus([], settings), to }
  const reader = await source.open(slice)
  const limit = pLimit(source.concurrency)
  const readings: Array<SkuReading | undefined> = []
  let parked: UpstreamError | undefined
  let begun = 0
  let over = false
  await Promise.all(
    ids.map((skuId) =>
      limit(async () => {
        over = over || (begun > 0 && now() >= deadline)
        if (over) return
        const index = begun++
        try {
          readings[index] = await reader.read(skuId)
        } catch (thrown) {
          over = true
          if (!isParked(thrown)) throw thrown
          parked ??= thrown
        }
      })
    )
  )
  await reader.close()
  const hole = Array.from(readings).indexOf(undefined)
  const read = hole === -1 ? readings.length : hole
  if (parked && read === 0) throw parked
  const kept = readings.slice(0, read).filter((reading) => reading !== undefined)
  return { part: partOfSkus(kept, settings), to: ids[read] ?? to }
}

const isParked = (thrown: unknown): thrown is UpstreamError =>
  thrown instanceof UpstreamError && thrown.trouble === 'parked'

function partOfSkus(readings: readonly SkuReading[], settings: Settings): Part {
  const failures = readings.flatMap((reading) => reading.failures)
  const offers = readings.flatMap((reading) => reading.offers)
  const vanished = readings.flatMap((reading) => reading.vanished ?? [])
  const unknown = readings.flatMap((reading) => reading.unknown ?? [])
  const found = { read: readings.length, offers, vanished, failures, unmapped: [], unknown }
  return partOf(found, settings)
}
