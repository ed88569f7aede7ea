import { atLeast, atMost, figure, type Row } from './rows'
import { type Ended, secondsOf, World } from './world'

const CONCURRENCY = 50
const THOUSAND = 1_000

const catalogOf = (skus: number) => ({
  ...{ skus, centra: false, kits: false },
  settings: { sellers: '1', skuIdentifier: 'skuId', maxConcurrency: CONCURRENCY },
})

/**
 * SKUs read in a second, as a share of what concurrency and latency allow. Nothing limits the rate, and each API has a
 * limiter of its own, so the ceiling is the same where details are read beside the stock.
 */
const shareOf = (ended: Ended, latencyMs: number) =>
  ended.skus.read / secondsOf(ended) / (CONCURRENCY / (latencyMs / THOUSAND))

/** A full export, and what it cost. */
async function measured(world: World, latencyMs: number) {
  await world.latency(latencyMs)
  await world.idle()
  await world.resetRequests()
  const ended = await world.export()
  await world.idle()
  const { vtex, vbase } = await world.requests()
  const { read } = ended.skus
  return {
    share: shareOf(ended, latencyMs),
    requests: vtex / read,
    calls: (vbase * THOUSAND) / read,
  }
}

/** Share of the ceiling of a full export: cold, warm, and with answers that take three times as long. */
export async function share(skus = 40_000): Promise<Row[]> {
  const world = await World.start(catalogOf(skus))
  try {
    const count = skus.toLocaleString('en')
    const at = (ms: number) => `${ms} ms x ${CONCURRENCY}`
    const cold = await measured(world, 40)
    const warm = await measured(world, 40)
    const slow = await measured(world, 120)
    const memory = await world.workerMemory()
    return [
      figure(`share of the ceiling, first full export of ${count} SKUs, ${at(40)}`, cold.share, 2),
      atLeast(figure(`share of the ceiling, warm, ${count} SKUs, ${at(40)}`, warm.share, 2), 0.92),
      figure(`share of the ceiling, warm, ${count} SKUs, ${at(120)}`, slow.share, 2),
      atMost(figure('requests to VTEX for a SKU, warm', warm.requests, 2), 1.16),
      atMost(figure('VBase calls for 1,000 SKUs, warm', warm.calls, 1), 15),
      ...(memory ? [figure(`resident memory of that worker at most`, memory, 0, ' MB')] : []),
    ]
  } finally {
    await world.stop()
  }
}

/** The same for a long export: what happens once in an export counts less. */
export async function longShare(skus = 200_000): Promise<Row[]> {
  const world = await World.start(catalogOf(skus))
  try {
    await world.latency(0, 0)
    await world.export()
    const warm = await measured(world, 40)
    const name = `share of the ceiling, warm, ${skus.toLocaleString('en')} SKUs, 40 ms x ${CONCURRENCY}`
    return [atLeast(figure(name, warm.share, 3), 0.95)]
  } finally {
    await world.stop()
  }
}
