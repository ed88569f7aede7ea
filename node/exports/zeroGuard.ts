import { partition, pluck, sum } from 'ramda'
import type { LedgerView } from '../published/ledger'
import type { Settings } from '../settings/settings'
import type { StockSource } from '../sources/source'
import { sourceOfSeller } from '../sources/sourceOfSeller'
import type { BatchReceipt } from './documentNames'
import type { QueueSnapshot } from './queue'

const HOUR_MS = 3_600_000
/** This many offers may become 0 within an hour, however small the catalog is. */
const ALWAYS_ALLOWED = 20

interface Guarded {
  ledger: LedgerView
  settings: Settings
  queue: Pick<QueueSnapshot, 'deliveries'>
  /** The current export. Its own zeros count even if it is a dry run. */
  exportId: string
  /** UTC milliseconds. */
  now: number
}

/**
 * How many more offers of a source may be set to 0 now: within one hour, `maxNewlyZeroPercent` of those that were above
 * 0 at its start. More than that usually means a mistake, not sales. 100 disables the limit.
 * @param wanted how many are newly zero
 */
export async function remainingZeros(
  { ledger, settings, queue, exportId, now }: Guarded,
  source: StockSource,
  wanted: number
): Promise<number> {
  if (settings.maxNewlyZeroPercent === 100) return wanted
  const real = queue.deliveries.filter((each) => !each.dry || each.exportId === exportId)
  const all = zeroedBatches(real, source)
  const [lately, before] = partition(({ version: at }) => at > now - HOUR_MS, all)
  const done = sum(pluck('count', lately))
  if (done + wanted <= ALWAYS_ALLOWED) return wanted
  const { version, bySeller } = await ledger.inStock()
  const own = [...bySeller].filter(([id]) => sourceOfSeller(settings, id) === source)
  // The ledger counted offers in stock at `version`: adjusted to the start of the hour.
  const since = before.filter(({ version: at }) => at > version)
  const again = lately.filter(({ version: at }) => at <= version)
  const atFirst =
    sum(own.map(([, count]) => count)) - sum(pluck('count', since)) + sum(pluck('count', again))
  const share = Math.floor((atFirst * settings.maxNewlyZeroPercent) / 100)
  return Math.max(0, Math.max(ALWAYS_ALLOWED, share) - done)
}

interface ZeroedBatch {
  version: number
  count: number
}

/** Counts each batch once, also if it has two receipts (started and committed). */
function zeroedBatches(deliveries: readonly BatchReceipt[], source: StockSource): ZeroedBatch[] {
  const byBatch = new Map<string, ZeroedBatch>()
  for (const { exportId, uniqueId, version, zeroed } of deliveries) {
    byBatch.set(`${exportId} ${uniqueId}`, { version, count: zeroed[source] })
  }
  return [...byBatch.values()]
}
