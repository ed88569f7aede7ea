import { partition } from 'ramda'

import type { ExpectedOffer } from '../../sandbox/comparison/expected-offer'
import type { App } from '../e2e/support/app'
import { centraNow, skusOfRows } from '../e2e/support/centra'
import { expectedNow } from '../e2e/support/changes'
import { offersOfOthers } from '../e2e/support/marketplace'
import type { Report } from '../e2e/support/report'
import type { Way } from './catalogue'
import { changedInCentra } from './centraStock'
import { sourceOf } from './judge'

/** SKUs whose stock changed since it was exported last. */
interface Changed {
  own: ReadonlySet<number>
  inCentra: ReadonlySet<number>
  /** Whatever they were: the catalog does not know them any more. */
  gone: ReadonlySet<number>
}

const ALL: readonly Way[] = ['export', 'first update']

/** The offers that the export must have sent, and those that it may have sent, no others. */
export async function carriedBy(app: App, way: Way, changed: Changed, report: Report) {
  const failed = failedIn(app, report)
  const asGone = (offer: ExpectedOffer) =>
    changed.gone.has(offer.skuId) ? { ...offer, quantity: 0 } : offer
  const others = (await offersOfOthers(app)).map(asGone)
  const read = others.filter((offer) => !failed.isOfOthers(offer))
  // Of a seller that is not active, Intershop need not have heard.
  const [inactive, active] = partition(({ mayBeMissing }) => mayBeMissing === true, read)
  if (way === 'export/seller/2') {
    return { carried: active.filter(({ sellerId }) => sellerId === '2'), allowed: [] }
  }
  const isCarried = (skus: ReadonlySet<number>) => (skuId: number) =>
    ALL.includes(way) || skus.has(skuId)
  const isOfChanged = ({ skuId }: ExpectedOffer) => isCarried(changed.own)(skuId)
  const own = (await expectedNow(app))
    .map(asGone)
    .filter((offer) => isOfChanged(offer) && !failed.own.has(offer.skuId))
  const inCentra = await centraNow(app)
  const centra = inCentra.filter(
    ({ skuId }) =>
      isCarried(changed.inCentra)(skuId) && !failed.isAnyRow && !failed.inCentra.has(skuId)
  )
  // Of rows that come without their ids an export misses the offers, and asks for each by its id.
  const allowed = failed.isAnyRow && ALL.includes(way) ? inCentra : await changedInCentra(app)
  return {
    carried: [...own, ...active.filter(isOfChanged), ...centra],
    allowed: [...allowed, ...inactive],
  }
}

/** What the report names as failed. A row without an id may be any. */
function failedIn(app: App, { failures }: Report) {
  const skus = skusOfRows(app)
  const of = (source: ReturnType<typeof sourceOf>) =>
    failures.filter((each) => sourceOf(each) === source)
  const rows = of('centra').map(({ rowId }) => rowId)
  const others = of('sellers')
  return {
    own: new Set(of('own').map(({ skuId }) => skuId)),
    // A SKU that could not be read fails for whichever sellers it has.
    isOfOthers: ({ skuId, sellerId }: ExpectedOffer) =>
      others.some((each) => each.skuId === skuId && (each.sellerId ?? sellerId) === sellerId),
    inCentra: new Set(rows.map((rowId) => rowId && skus.get(rowId))),
    isAnyRow: rows.includes(undefined),
  }
}
