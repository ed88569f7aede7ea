// A full export of 1,000,000 SKUs, then an idle update; prints what became of them as JSON. Run with a small heap:
// node --max-old-space-size=96 --import tsx bench/million.ts [SKUS]
import type { MappedOffer } from '../node/offers/stockOffer'
import { Shop } from '../tests/costs/shop'

const skus = Number(process.argv[2] ?? 1_000_000)

/** Keeps quantities outside the heap, as documents are. */
class LargeShop extends Shop {
  private readonly quantities = new Int32Array(skus).fill(-1)

  protected override send(offers: readonly MappedOffer[]) {
    for (const { skuId, quantity } of offers)
      this.quantities[(skuId - this.first) / this.stride] = quantity
  }

  get wrong(): number {
    let wrong = 0
    for (const [index, quantity] of this.quantities.entries()) {
      if (quantity !== this.catalog.quantity(this.catalog.skuId(index))) wrong++
    }
    return wrong
  }

  private get first() {
    return this.catalog.skuId(0)
  }

  private get stride() {
    return this.catalog.skuId(1) - this.first
  }
}

const MEGABYTE = 2 ** 20
/** At most so far, in MB. The documents of the made-up VBase are buffers, and not the worker's. */
const most = { heapMb: 0, residentMb: 0 }

function lookAtMemory() {
  const { heapUsed, rss, arrayBuffers } = process.memoryUsage()
  most.heapMb = Math.max(most.heapMb, Math.round(heapUsed / MEGABYTE))
  most.residentMb = Math.max(most.residentMb, Math.round((rss - arrayBuffers) / MEGABYTE))
}

async function main() {
  // Slow enough for many runs: if all came at once, a single one would read all of it.
  const shop = new LargeShop({ skus, vbaseMs: 20, skusASecond: 500 })
  shop.onLog = lookAtMemory
  await shop.install()
  const { status, offers } = await shop.export()
  const update = await shop.export('update')
  const found = { status, sent: offers.sent, wrong: shop.wrong, update: update.status, ...most }
  process.stdout.write(`${JSON.stringify(found)}\n`)
}

void main()
