import { seededRandom } from '../common/random'
import type { Client } from './client'
import type { Follower } from './follow'

/** Paths to post, each as often as it is here. */
const PATHS = [
  ...Array.from({ length: 7 }, () => '/export'),
  '/update',
  '/export/time/5',
  '/export/start/',
]

/** Posts exports in turn, mostly full ones, and remembers which were accepted. */
export class Poster {
  /** Answered 429 or 503: not accepted. */
  refused = 0
  /** No answer from the app, as when its worker was killed. */
  uncertain = 0
  private readonly random: () => number

  /** `lastId` is the highest SKU id, from which on exports may be asked for. */
  constructor(
    private readonly client: Client,
    private readonly follower: Follower,
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
    if (posted.kind === 'accepted') this.follower.add(posted.exportId, path)
    else this[posted.kind]++
  }
}
