import type { App } from '../e2e/support/app'
import { centraNow, skusOfRows } from '../e2e/support/centra'
import { expectedNow } from '../e2e/support/changes'
import type { Report } from '../e2e/support/report'
import type { Way } from './catalogue'
import { changedInCentra } from './centraStock'
import { isOwn } from './judge'

/** SKUs whose stock changed since it was exported last. */
interface Changed {
  own: ReadonlySet<number>
  inCentra: ReadonlySet<number>
}

const ALL: readonly Way[] = ['export', 'first update']

/** The offers that the export must have sent, and those that it may have sent, no others. */
export async function carriedBy(app: App, way: Way, changed: Changed, report: Report) {
  // Offers of other sellers are not to be had.
  if (way === 'export/seller/2') return { carried: [], allowed: [] }
  const isCarried = (skus: ReadonlySet<number>) => (skuId: number) =>
    ALL.includes(way) || skus.has(skuId)
  const failed = failedIn(app, report)
  const own = (await expectedNow(app)).filter(
    ({ skuId }) => isCarried(changed.own)(skuId) && !failed.own.has(skuId)
  )
  const inCentra = await centraNow(app)
  const centra = inCentra.filter(
    ({ skuId }) =>
      isCarried(changed.inCentra)(skuId) && !failed.isAnyRow && !failed.inCentra.has(skuId)
  )
  // Of rows that come without their ids an export misses the offers, and asks for each by its id.
  const allowed = failed.isAnyRow && way === 'export' ? inCentra : await changedInCentra(app)
  return { carried: [...own, ...centra], allowed }
}

/** What the report names as failed. A row without an id may be any. */
function failedIn(app: App, { failures }: Report) {
  const skus = skusOfRows(app)
  const own = failures.filter(isOwn).map(({ skuId }) => skuId)
  const rows = failures.filter((each) => !isOwn(each)).map(({ rowId }) => rowId)
  return {
    own: new Set(own),
    inCentra: new Set(rows.map((rowId) => rowId && skus.get(rowId))),
    isAnyRow: rows.includes(undefined),
  }
}
