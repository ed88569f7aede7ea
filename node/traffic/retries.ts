import { ExponentialBackoff, type IBackoff } from 'cockatiel'

import { UpstreamError } from '../clients/upstreamError'

const MAX_ATTEMPTS = 6
const BACKOFF = new ExponentialBackoff({ initialDelay: 200, maxDelay: 8_000 })
/** Retries that may be spent at once, and what a success earns: a sick upstream is not asked twice as much. */
const MOST = 200
const EARNED = 0.5

/** Tries calls again where their failure is worth it, within a budget that successes fill. */
export class Retries {
  /** How many were made. */
  made = 0
  private left = MOST

  constructor(private readonly sleep: (ms: number) => Promise<void>) {}

  earn() {
    this.left = Math.min(MOST, this.left + EARNED)
  }

  /**
   * Runs `attempt`, again on 429, 5xx and no answer. Not on 400, 401, 403 and 404.
   * @throws what the last attempt threw
   */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    let backoff: IBackoff<unknown> = BACKOFF.next()
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt()
      } catch (thrown) {
        if (!(thrown instanceof UpstreamError) || !this.isWorth(thrown, attempts)) throw thrown
        this.left--
        this.made++
        // A refusal holds everybody until the upstream takes calls again: no wait of one's own.
        if (thrown.trouble !== 'overloaded') await this.sleep(backoff.duration)
        backoff = backoff.next(undefined)
      }
    }
  }

  private isWorth({ trouble }: UpstreamError, attempts: number): boolean {
    if (this.left < 1) return false
    if (trouble === 'down') return attempts < MAX_ATTEMPTS
    // It has waited for its turn together with everybody else, so it gets many.
    if (trouble === 'overloaded') return attempts < MAX_ATTEMPTS * 2
    return trouble === 'malformed' && attempts < 3
  }
}
