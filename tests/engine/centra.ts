import type { StockParameters } from '../../node/clients/centra'
import { UpstreamError } from '../../node/common/upstreamError'
import { type CentraPage, centraStock } from '../../node/sources/centraStock'
import type { Match } from '../../node/sources/conflictingRows'
import type { PagedSource } from '../../node/sources/source'
import type { Actor, Scheduler } from './scheduler'

export const CENTRA_SELLER = 'centra'

const ROWS_A_PAGE = 2
/** By how much a window reaches further back; the model does without, to notice what it would hide. */
const OVERLAP_MS = 10 * 60_000

const UNMATCHED: Match = { unmatched: 'unmatched', message: 'VTEX does not know it' }

interface Row {
  skuId: number
  quantity: number
  modifiedAt: number
}

/** What can be sold of Centra's stock. As on VTEX, a quantity is the number of the change that set it. */
export class ModelCentra {
  /** By stockItemId. */
  readonly rows = new Map<number, Row>()
  /** No answer until then. */
  downUntil = 0
  /** It does not let the app in. */
  refuses = false
  /** Rows cannot be understood, not even their ids. */
  nameless = false
  /** How many of the next readings of a row cannot be understood. */
  readonly failing = new Map<number, number>()
  /** The rows that were asked for by their ids. */
  readonly asked: number[] = []
  /** Rows that changed since the start. */
  readonly changed = new Set<number>()
  private changes = 0
  /** Called before a page is answered. */
  private beforePage: (page: number) => void = () => undefined

  /** @param skewMs between two clocks, at most */
  constructor(
    skuIds: readonly number[],
    private readonly scheduler: Scheduler,
    private readonly skewMs: number,
    private readonly repeats: boolean,
    private readonly refIdOf: (skuId: number) => string | undefined
  ) {
    const some = skuIds.filter((_, index) => index % 3 !== 1)
    for (const [index, skuId] of some.entries()) {
      this.rows.set(500 - index, { skuId, quantity: 0, modifiedAt: 0 })
    }
  }

  change(choice: number) {
    this.changes++
    const ids = [...this.rows.keys()]
    const some = ids.filter((_, index) => choice % 5 === 0 || (choice >> (index % 10)) % 2)
    for (const id of some) {
      const row = this.rows.get(id)
      if (!row) continue
      const quantity = this.repeats ? this.changes % 2 : this.changes
      Object.assign(row, { quantity, modifiedAt: this.scheduler.now })
      this.changed.add(id)
    }
  }

  /** Rows go to the end of Centra's order, and those after them to earlier pages. */
  toTheEnd(ids: readonly number[]) {
    for (const id of ids) {
      const row = this.rows.get(id)
      if (row && this.rows.delete(id)) this.rows.set(id, row)
    }
  }

  /** The next reading misses a row: while its second page is asked for, the row goes to the first. */
  hide(rowId: number) {
    this.beforePage = (page) => {
      const [first = 0, ...others] = [...this.rows.keys()].filter((id) => id !== rowId)
      const second = [...others.slice(0, ROWS_A_PAGE - 1), rowId]
      if (page === 1) this.toTheEnd([first, ...second, ...others.slice(ROWS_A_PAGE - 1)])
      else this.toTheEnd([first])
      if (page === 2) this.beforePage = () => undefined
    }
  }

  fail(choice: number) {
    const ids = [...this.rows.keys()]
    const id = ids[choice % ids.length]
    if (id !== undefined) this.failing.set(id, 1 + (choice % 3))
  }

  /** Centra as one actor reads it. */
  source(actor: Actor, now: () => number): PagedSource {
    const stock = (parameters: StockParameters, page?: string) =>
      this.scheduler.step(actor, 'centra', () => this.page(parameters, page))
    const match = async (rows: ReadonlyArray<{ stockItemId: number }>) =>
      new Map<number, Match>(
        rows.map(({ stockItemId }) => {
          const { skuId } = this.rows.get(stockItemId) ?? { skuId: 0 }
          const refId = this.refIdOf(skuId)
          return [stockItemId, refId === undefined ? UNMATCHED : { skuId, isActive: true, refId }]
        })
      )
    const offers = { sellerId: CENTRA_SELLER, timeZone: 'UTC' }
    return centraStock({ stock, match }, offers, { safetyStock: 0 }, now)
  }

  private page(parameters: StockParameters, page = '?page=1'): CentraPage {
    const { stock_modified, modified, stockItemId } = parameters
    // Nothing but stock changes here.
    if (modified !== undefined) return { rows: [] }
    if (this.refuses) throw new UpstreamError('Centra', 'refused', 'no way in')
    if (this.scheduler.now < this.downUntil) throw new UpstreamError('Centra', 'down', 'no answer')
    const number = Number(page.split('=')[1])
    if (stockItemId === undefined) this.beforePage(number)
    else this.asked.push(stockItemId)
    const since = stock_modified === undefined ? 0 : this.moment(stock_modified)
    const selected = [...this.rows].filter(
      ([id, { modifiedAt }]) =>
        modifiedAt >= since && (stockItemId === undefined || id === stockItemId)
    )
    const start = (number - 1) * ROWS_A_PAGE
    const rows = selected.slice(start, start + ROWS_A_PAGE).map(([id, row]) => this.tell(id, row))
    return {
      rows,
      ...(start + ROWS_A_PAGE < selected.length && { next: `?page=${number + 1}` }),
    }
  }

  private moment(text: string) {
    return Date.parse(`${text.replace(' ', 'T')}Z`) + OVERLAP_MS - this.skewMs
  }

  private tell(stockItemId: number, { quantity, skuId }: Row): CentraPage['rows'][number] {
    if (this.nameless) return { problem: 'stockItemId: expected a whole number' }
    const left = this.failing.get(stockItemId) ?? 0
    if (left > 0) {
      this.failing.set(stockItemId, left - 1)
      return { stockItemId, problem: 'availableStock: expected a whole number' }
    }
    const sku = String(skuId)
    return { stockItemId, sku, variantSku: '', sizeSku: '', active: true, availableStock: quantity }
  }
}
