import pLimit from 'p-limit'

import { UpstreamError } from '../../clients/upstreamError'
import { concernsAll, MANY_IN_A_ROW } from '../concernsAll'

type Kind = 'ean' | 'reference' | 'sku'

/** What VTEX answered, and the moment before it was asked. */
export interface Answered<T> {
  at: number
  answer: T
}

/** What became of the look-ups of a kind. */
interface Seen {
  hasAnswer: boolean
  /** Refused since the last answer. */
  inARow: number
  refusal?: UpstreamError
}

const unseen = (): Seen => ({ hasAnswer: false, inARow: 0 })

/** Text that people typed is looked for: a 400 may be due to it, however many there are. */
const isRefusal = (thrown: unknown): thrown is UpstreamError =>
  thrown instanceof UpstreamError && thrown.trouble === 'refused' && thrown.status !== 400

/** The look-ups of a batch, some at a time. Tells one that VTEX refuses from a catalog that does not let the app in. */
export class CatalogCalls {
  private readonly seen: Record<Kind, Seen> = { ean: unseen(), reference: unseen(), sku: unseen() }
  private readonly limit: pLimit.Limit
  /** What concerns all look-ups. */
  private fatal: unknown

  constructor(
    concurrency: number,
    private readonly now: () => number
  ) {
    this.limit = pLimit(concurrency)
  }

  /**
   * Asks, unless something concerned all look-ups, or many of this kind in a row were refused.
   * @throws {UpstreamError} also what kept it from asking
   */
  ask<T>(kind: Kind, call: () => Promise<T>): Promise<Answered<T>> {
    return this.limit(async () => {
      const seen = this.seen[kind]
      if (this.fatal !== undefined) throw this.fatal
      if (seen.refusal && seen.inARow >= MANY_IN_A_ROW) throw seen.refusal
      const at = this.now()
      try {
        const answer = await call()
        seen.hasAnswer = true
        seen.inARow = 0
        return { at, answer }
      } catch (thrown) {
        if (concernsAll(thrown)) this.fatal = thrown
        if (isRefusal(thrown)) {
          seen.inARow++
          seen.refusal = thrown
        }
        throw thrown
      }
    })
  }

  /**
   * Whoever was refused at times was so for reasons of single rows. Where nothing of a kind was answered, many in a
   * row are as good as all, and of few `control` decides, which asks for what is no row's.
   * @throws {UpstreamError} where all of them are refused
   */
  async check(control: () => Promise<void>): Promise<void> {
    for (const { hasAnswer, inARow, refusal } of Object.values(this.seen)) {
      if (hasAnswer || !refusal) continue
      if (inARow >= MANY_IN_A_ROW) throw refusal
      await control()
    }
  }
}
