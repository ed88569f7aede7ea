import { thirtyDaysInShort, updatesOfDays } from '../tests/costs/history'
import { Shop } from '../tests/costs/shop'
import { atMost, figure, type Row } from './rows'

const CHANGES = [0, 1, 100, 10_000]
const REST_MS = 300_000
const HOUR_MS = 3_600_000
const MOST_CALLS_IDLE = 25
const MOST_CALLS_FULL = 15
const MOST_REQUESTS = 1.16
const THOUSAND = 1_000

/** What one export cost. */
interface Cost {
  calls: number
  requests: number
}

async function cost(shop: Shop, route: 'update' | 'export'): Promise<Cost> {
  shop.documents.countAnew()
  shop.requests = 0
  const { status } = await shop.export(route)
  if (status !== 'completed') throw new Error(`${route} ended as ${status}`)
  return { calls: shop.documents.countAnew().calls, requests: shop.requests }
}

/** Updates of no, one, a hundred and ten thousand changes, then a full export. The first one does the hourly upkeep. */
async function rowsOf(shop: Shop, when: string): Promise<Row[]> {
  const { catalog } = shop
  const size = catalog.count
  const where = `${size.toLocaleString('en')} SKUs, ${when}`
  await shop.rest(HOUR_MS)
  const upkeep = await cost(shop, 'update')
  const rows = [figure(`the same with the upkeep that is due once an hour, ${where}`, upkeep.calls)]
  for (const changes of CHANGES.filter((count) => count <= size)) {
    await shop.rest(REST_MS)
    const stride = Math.floor(size / Math.max(1, changes))
    const sold = Array.from({ length: changes }, (_, index) => catalog.skuId(index * stride))
    if (changes > 0) await shop.sell(sold)
    const { calls, requests } = await cost(shop, 'update')
    const name = `VBase calls of an update of ${changes.toLocaleString('en')} changes, ${where}`
    const row = figure(name, calls)
    if (changes === 0) rows.unshift(atMost(row, MOST_CALLS_IDLE))
    else rows.push(row)
    if (changes > 0) {
      rows.push(figure(`requests to VTEX of that update, for a change`, requests / changes, 2))
    }
  }
  await shop.rest(REST_MS)
  const full = await cost(shop, 'export')
  const calls = figure(
    `VBase calls of a full export for 1,000 SKUs, ${where}`,
    (full.calls * THOUSAND) / size,
    1
  )
  const requests = figure('requests to VTEX of that export for a SKU', full.requests / size, 2)
  // Of a small catalog, what an export costs once is most of it.
  return [
    ...rows,
    size > 10_000 ? atMost(calls, MOST_CALLS_FULL) : calls,
    atMost(requests, MOST_REQUESTS),
  ]
}

/** Requests and VBase calls, in simulated time, by the size of the catalog and the length of the history. */
export async function costs(sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const skus of sizes) {
    const shop = new Shop({ skus, vbaseMs: 20, skusASecond: 1_250 })
    await shop.install()
    await shop.export('update')
    await updatesOfDays(shop, 1)
    rows.push(...(await rowsOf(shop, 'after 1 day')))
    await thirtyDaysInShort(shop)
    // As on every day: what was cached before the history is too old.
    await shop.export()
    await updatesOfDays(shop, 1)
    rows.push(...(await rowsOf(shop, 'after 30 days')))
  }
  return rows
}
