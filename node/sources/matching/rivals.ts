import { UpstreamError } from '../../clients/upstreamError'
import type { KeptById } from '../../state/keptById'
import { concernsAll, type ReadFailure } from '../concernsAll'
import type { MatchedRow } from '../matches'
import type { LookUps } from './lookUps'
import { forgotten, type Remembered, wantedOf } from './remembered'

/**
 * A row as Centra has it now, asked for by its id; undefined where there is none.
 * @throws {UpstreamError} also where it is there and cannot be understood
 */
export type LookAtRow = (stockItemId: number) => Promise<MatchedRow | undefined>

/** So many rows are looked at for one batch, for as long as this; a worker's run is not much longer. */
export const MOST_LOOKS = 100
const MOST_MS = 10_000

/** What became of a row that is remembered to lead to a SKU. Where it leads now is remembered: nowhere, if it is gone. */
export type Rival =
  | {
      active: boolean
      /** Too many were asked for already: it is taken to be as it is remembered. */
      isUnasked?: boolean
    }
  | { failure: ReadFailure }

/** Looks at rows outside of a batch, each once. */
export class Rivals {
  private readonly looks = new Map<number, Promise<Rival>>()
  private startedAt: number | undefined
  /** The circuit to Centra is open: then it is not asked again. */
  private unreachable: ReadFailure | undefined

  constructor(
    private readonly look: LookAtRow,
    private readonly lookUps: LookUps,
    private readonly matches: KeptById<Remembered>,
    private readonly now: () => number
  ) {}

  /** @throws {UpstreamError} of VTEX, what concerns all rows */
  async at(stockItemId: number): Promise<Rival> {
    const known = this.looks.get(stockItemId)
    if (known) return known
    if (this.unreachable) return { failure: this.unreachable }
    this.startedAt ??= this.now()
    const isTooMuch = this.looks.size >= MOST_LOOKS || this.now() - this.startedAt >= MOST_MS
    if (isTooMuch) return { active: true, isUnasked: true }
    const looking = this.ask(stockItemId)
    this.looks.set(stockItemId, looking)
    return looking
  }

  private async ask(stockItemId: number): Promise<Rival> {
    let row: MatchedRow | undefined
    try {
      row = await this.look(stockItemId)
    } catch (thrown) {
      // That Centra does not let one look at a rival is a failure of those that it concerns, and of no other row.
      if (!(thrown instanceof UpstreamError)) throw thrown
      const failure = { code: thrown.code, message: thrown.message }
      if (concernsAll(thrown)) this.unreachable = failure
      return { failure }
    }
    if (!row) {
      this.matches.set(stockItemId, forgotten)
      return { active: false }
    }
    await this.lookUps.run([wantedOf(row)])
    const failure = this.lookUps.failed.get(stockItemId)
    return failure ? { failure } : { active: row.active }
  }
}
