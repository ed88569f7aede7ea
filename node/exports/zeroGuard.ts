import { partition, pluck, sum } from 'ramda'
import type { LedgerView } from '../published/ledger'
import { sourceOfSeller } from '../settings/sellers'
import type { Settings } from '../settings/settings'
import type { StockSource } from '../sources/source'
import type { BatchReceipt } from './documentNames'
import type { QueueSnapshot } from './queue'

const HOUR_MS = 3_600_000
/** So many offers may sell out within an hour however small a catalog is. */
const ALWAYS_ALLOWED = 20

/** What a guard goes by. */
export interface Guarded {
  ledger: LedgerView
  settings: Settings
  queue: Pick<QueueSnapshot, 'deliveries'>
  /** The export that is judged: what it set to 0 counts also in a dry run. */
  exportId: string
  /** UTC milliseconds. */
  now: number
}

/**
 * How many more offers of a source may be set to 0 now: within an hour `maxNewlyZeroPercent` of those that
 * Intershop was selling at its beginning. More at once is rather a mistake than a sale. 100 allows all.
 * @param wanted so many are to be
 * @throws {StateError}
 */
export async function remainingZeros(
  { ledger, settings, queue, exportId, now }: Guarded,
  source: StockSource,
  wanted: number
): Promise<number> {
  if (settings.maxNewlyZeroPercent === 100) return wanted
  const real = queue.deliveries.filter((each) => !each.dry || each.exportId === exportId)
  const all = zeroedBatches(real, source)
  const [lately, before] = partition(({ stamp }) => stamp > now - HOUR_MS, all)
  const done = sum(pluck('count', lately))
  if (done + wanted <= ALWAYS_ALLOWED) return wanted
  const { version, bySeller } = await ledger.inStock()
  const own = [...bySeller].filter(([id]) => sourceOfSeller(settings, id) === source)
  // The count is as old as what it was counted in.
  const since = before.filter(({ stamp }) => stamp > version)
  const again = lately.filter(({ stamp }) => stamp <= version)
  const atFirst =
    sum(own.map(([, count]) => count)) - sum(pluck('count', since)) + sum(pluck('count', again))
  const share = Math.floor((atFirst * settings.maxNewlyZeroPercent) / 100)
  return Math.max(0, Math.max(ALWAYS_ALLOWED, share) - done)
}

interface ZeroedBatch {
  stamp: number
  count: number
}

/** Each part once, however often its delivery was begun. */
function zeroedBatches(deliveries: readonly BatchReceipt[], source: StockSource): ZeroedBatch[] {
  const byPart = new Map<string, ZeroedBatch>()
  for (const { exportId, nonce, stamp, zeroed } of deliveries) {
    byPart.set(`${exportId} ${nonce}`, { stamp, count: zeroed[source] })
  }
  return [...byPart.values()]
}
