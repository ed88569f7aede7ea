import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROUTES } from '../sandbox/cli/exports'
import { TOKEN } from '../sandbox/sandbox'
import { atMost, figure, type Row } from './rows'
import { World } from './world'

const SKUS = 4_000
const CHANGES_A_SECOND = 20
const TICK_MS = 50
/** The schedule of the updates here; five minutes by default, at a merchant's. */
const INTERVAL_S = 10
const MORE_S = 5
const LOOK_MS = 50

/** When the first file with each offer was seen, by offer SKU. */
class Drop {
  readonly seen = new Map<string, number>()
  private readonly known = new Set<string>()

  constructor(private readonly folder: string) {}

  async look(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.xml'))
    for (const name of names.filter((each) => !this.known.has(each))) {
      this.known.add(name)
      const at = Date.now()
      const text = await readFile(join(this.folder, name), 'utf8')
      for (const [, sku = ''] of text.matchAll(/sku="([^"]*)"/g)) {
        if (!this.seen.has(sku)) this.seen.set(sku, at)
      }
    }
  }
}

/** Repeats something until it is stopped; one after the other. */
function repeat(everyMs: number, act: () => Promise<void>): () => Promise<void> {
  let isStopped = false
  const done = (async () => {
    for (let at = Date.now(); !isStopped; at += everyMs) {
      await sleep(Math.max(0, at - Date.now()))
      await act()
    }
  })()
  return () => {
    isStopped = true
    return done
  }
}

/** Time from a sale to the file in Intershop's drop, while updates run as often as their schedule says. */
export async function freshness(seconds = 60): Promise<Row[]> {
  const settings = { sellers: '1', skuIdentifier: 'skuId', maxNewlyZeroPercent: 100 }
  const world = await World.start({ skus: SKUS, centra: false, kits: false, settings })
  try {
    await world.export('update')
    await world.idle()
    await world.latency(40)
    const { inbox, url } = world.ready
    const drop = new Drop(inbox)
    await drop.look()
    drop.seen.clear()
    const soldAt = new Map<string, number>()
    const update = async () => {
      const headers = { token: TOKEN }
      await (await fetch(`${url}${ROUTES}/update`, { method: 'POST', headers })).text()
    }
    const stopSelling = repeat(TICK_MS, async () => {
      const at = Date.now()
      const sold = await world.sell((CHANGES_A_SECOND * TICK_MS) / 1_000)
      for (const skuId of sold) soldAt.set(String(skuId), at)
    })
    const others = [repeat(INTERVAL_S * 1_000, update), repeat(LOOK_MS, () => drop.look())]
    await sleep(seconds * 1_000)
    await stopSelling()
    await sleep((INTERVAL_S + MORE_S) * 1_000)
    await Promise.all(others.map((stop) => stop()))
    const lasted = [...soldAt].map(
      ([sku, at]) => (drop.seen.get(sku) ?? Number.POSITIVE_INFINITY) - at
    )
    const sorted = Float64Array.from(lasted).sort()
    const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0) / 1_000
    const name = `from a sale to the file in the drop, update every ${INTERVAL_S} s, ${CHANGES_A_SECOND} changes a second`
    return [
      figure(`${name}, p50`, at(0.5), 1, ' s'),
      atMost(figure(`${name}, p99`, at(0.99), 1, ' s'), INTERVAL_S + MORE_S),
      figure('sales in that time', sorted.length),
    ]
  } finally {
    await world.stop()
  }
}
