import { stampText } from '../../node/exports/clock'
import { endedPath } from '../../node/exports/names'
import { Shop } from './shop'

const DAYS = 30
const DAY_MS = 86_400_000
const UPDATES_A_DAY = 288
const CHANGES_AN_UPDATE = 3

/** An update every five minutes for thirty days, each of a few changes, with all that is done hourly: 8,640 updates. */
export const thirtyDays = (shop: Shop) => play(shop, DAYS, UPDATES_A_DAY)

/**
 * What thirty days of updates every five minutes leave behind, from 972 updates instead of 8,640: all of the last
 * three days, since work is kept for as long; before them four a day, each of as many changes as 72 have and with
 * copies of its report for the others.
 */
export async function thirtyDaysInShort(shop: Shop): Promise<void> {
  await play(shop, DAYS - 3, 4)
  await play(shop, 3, UPDATES_A_DAY)
}

async function play(shop: Shop, days: number, updatesADay: number): Promise<void> {
  const standsFor = UPDATES_A_DAY / updatesADay
  const everyMs = DAY_MS / updatesADay
  for (let update = 0; update < days * updatesADay; update++) {
    await shop.rest(everyMs)
    await shop.sell(someSkus(shop, update, CHANGES_AN_UPDATE * standsFor))
    const report = await shop.export('update')
    for (let copy = 1; copy < standsFor; copy++) {
      const moment = Date.parse(report.acceptedAt) - copy * (everyMs / standsFor)
      const exportId = `${stampText(moment)}-copy${copy}`
      shop.documents.put('ended', endedPath(exportId), { ...report, exportId })
    }
  }
}

/** Scattered, and others each time. */
function someSkus({ catalog }: Shop, time: number, count: number): number[] {
  const indexes = Array.from({ length: count }, (_, each) => time * 7_919 + each * 104_729)
  return [...new Set(indexes)].map((index) => catalog.skuId(index % catalog.count))
}

export const MOST_CALLS_FOR_HISTORY = 60
const SKUS = 2_000

/** VBase calls of a full export, after a history and after none. */
export async function callsWithAndWithoutHistory(history: (shop: Shop) => Promise<void>) {
  const without = await callsAfter((shop) => shop.rest(DAYS * DAY_MS))
  return { without, after: await callsAfter(history) }
}

/** Of a full export after a first update, what came since, and an hour of updates. */
async function callsAfter(history: (shop: Shop) => Promise<void>): Promise<number> {
  const shop = new Shop({ skus: SKUS, vbaseMs: 20, skusASecond: 250 })
  await shop.install()
  await shop.export('update')
  await history(shop)
  await play(shop, 1 / 24, UPDATES_A_DAY)
  await shop.rest(300_000)
  shop.documents.countAnew()
  const { status, offers } = await shop.export()
  if (status !== 'completed' || offers.sent !== SKUS) {
    throw new Error(`${status}, ${offers.sent} offers sent`)
  }
  return shop.documents.countAnew().calls
}
