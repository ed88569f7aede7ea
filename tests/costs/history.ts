import { timestampOf } from '../../node/common/clock'
import { endedPath } from '../../node/exports/documentNames'
import { Shop } from './shop'

export const MOST_CALLS_FOR_HISTORY = 60

const SKUS = 2_000
const DAYS = 30
/** What exports leave is kept for three days, and until the end of the day. */
const KEPT_DAYS = 3.5
const DAY_MS = 86_400_000
const UPDATES_A_DAY = 288
const CHANGES_AN_UPDATE = 3

/** What lies behind a full export. */
type History = (shop: Shop) => Promise<void>

const nothing: History = (shop) => shop.rest(DAYS * DAY_MS)

/** An update every five minutes for thirty days, each of a few changes, with all that is done hourly: 8,640 updates. */
export const thirtyDays: History = (shop) => play(shop, DAYS, UPDATES_A_DAY)

/**
 * What thirty days of updates leave behind, from 1,114 updates instead of 8,640: all of the last days, of which work is
 * kept; before them four a day, each of as many changes as 72 have, and with copies of its report for the others.
 */
export const thirtyDaysInShort: History = async (shop) => {
  await play(shop, DAYS - KEPT_DAYS, 4)
  await play(shop, KEPT_DAYS, UPDATES_A_DAY)
}

/** An update every five minutes, each of a few changes, with all that is done hourly. */
export const updatesOfDays = (shop: Shop, days: number) => play(shop, days, UPDATES_A_DAY)

async function play(shop: Shop, days: number, updatesADay: number): Promise<void> {
  const standsFor = UPDATES_A_DAY / updatesADay
  const everyMs = DAY_MS / updatesADay
  const began = shop.time.now
  for (let update = 1; update <= days * updatesADay; update++) {
    await shop.rest(began + update * everyMs - shop.time.now)
    await shop.sell(someSkus(shop, update, CHANGES_AN_UPDATE * standsFor))
    const report = await shop.export('update')
    for (let copy = 1; copy < standsFor; copy++) {
      const moment = Date.parse(report.acceptedAt) - copy * (everyMs / standsFor)
      const exportId = `${timestampOf(moment)}-copy${copy}`
      shop.documents.put('ended', endedPath(exportId), { ...report, exportId })
    }
  }
}

/** Scattered, and others each time. */
function someSkus({ catalog }: Shop, time: number, count: number): number[] {
  const indexes = Array.from({ length: count }, (_, each) => time * 7_919 + each * 104_729)
  return [...new Set(indexes.map((index) => catalog.skuId(index % catalog.count)))]
}

/** What a full export came upon, and what it cost. */
interface Seen {
  /** How many documents there were before, by folder. */
  sizes: ReadonlyMap<string, number>
  /** VBase calls. */
  calls: number
}

export const afterNothing = () => afterHistory(nothing)

/** A full export after a first update, a history, and one more hour of updates. */
export async function afterHistory(history: History): Promise<Seen> {
  const shop = new Shop({ skus: SKUS, vbaseMs: 20, skusASecond: 250 })
  await shop.install()
  await shop.export('update')
  await history(shop)
  await play(shop, 1 / 24, UPDATES_A_DAY)
  await shop.rest(300_000)
  const { sizes } = shop.documents
  shop.documents.countAnew()
  const { status, offers } = await shop.export()
  if (status !== 'completed' || offers.sent !== SKUS) {
    throw new Error(`${status}, ${offers.sent} offers sent`)
  }
  return { sizes, calls: shop.documents.countAnew().calls }
}
