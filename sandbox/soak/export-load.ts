import { seededRandom } from '../common/random'
import type { Client } from './client'
import type { ExportTracker } from './export-tracker'

/** Routes to post; the number of entries is the weight of a route. */
const PATHS = [
  ...Array.from({ length: 7 }, () => '/export'),
  '/update',
  '/export/time/5',
  '/export/start/',
]

/** Load generator for exports: posts random ones, mostly full, and tracks those that are accepted. */
export class ExportLoad {
  /** Rejected with 429 or 503. */
  rejected = 0
  /** No response from the app, for example because its worker was killed. */
  uncertain = 0
  private readonly random: () => number

  /** `lastId` is the highest SKU id for `start` routes. */
  constructor(
    private readonly client: Client,
    private readonly tracker: ExportTracker,
    private readonly lastId: number,
    seed: number
  ) {
    this.random = seededRandom(seed + 200)
  }

  /** Posts one export. */
  async post(): Promise<void> {
    const drawn = PATHS[Math.floor(this.random() * PATHS.length)] ?? '/export'
    const startId = 1 + Math.floor(this.random() * this.lastId)
    const path = drawn.endsWith('/') ? `${drawn}${startId}` : drawn
    const posted = await this.client.post(path)
    if (posted.kind === 'accepted') this.tracker.add(posted.exportId, path)
    else this[posted.kind]++
  }
}
