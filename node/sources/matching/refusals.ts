import { UpstreamError } from '../../clients/upstreamError'
import { MANY_IN_A_ROW } from '../concernsAll'

const KINDS = ['ean', 'reference', 'sku'] as const

type Kind = (typeof KINDS)[number]

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

/** Tells a look-up that VTEX refuses from a catalog that does not let the app in. */
export class Refusals {
  private readonly seen: Record<Kind, Seen> = { ean: unseen(), reference: unseen(), sku: unseen() }

  /** Asks, unless many look-ups of this kind in a row were refused. @throws {UpstreamError} also the last refusal */
  async watch<T>(kind: Kind, ask: () => Promise<T>): Promise<T> {
    const seen = this.seen[kind]
    if (seen.refusal && seen.inARow >= MANY_IN_A_ROW) throw seen.refusal
    try {
      const answer = await ask()
      seen.hasAnswer = true
      seen.inARow = 0
      return answer
    } catch (thrown) {
      if (isRefusal(thrown)) {
        seen.inARow++
        seen.refusal = thrown
      }
      throw thrown
    }
  }

  /**
   * Whoever was refused at times was so for reasons of single rows. Where nothing of a kind was answered, many in a
   * row are as good as all, and of few `control` decides, which asks for what is no row's.
   * @throws {UpstreamError} where all of them are refused
   */
  async check(control: () => Promise<void>): Promise<void> {
    for (const kind of KINDS) {
      const { hasAnswer, inARow, refusal } = this.seen[kind]
      if (hasAnswer || !refusal) continue
      if (inARow >= MANY_IN_A_ROW) throw refusal
      await control()
    }
  }
}
