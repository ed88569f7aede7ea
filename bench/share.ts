import pLimit from 'p-limit'
import { median } from 'ramda'
import { bareClient } from './bareClient'
import { atLeast, atMost, figure, type Row } from './rows'
import { secondsOf, World } from './world'

const CONCURRENCY = 50
const THOUSAND = 1_000
/** Requests of a client that does nothing else: one after the other, then several at a time. */
const ALONE = 50
const TOGETHER = 5_000

const catalogOf = (skus: number) => ({
  ...{ skus, centra: false, kits: false },
  settings: { sellers: '1', skuIdentifier: 'skuId', maxConcurrency: CONCURRENCY },
})

/**
 * What a client sees that does nothing else: how long a request alone takes, in milliseconds (what the sandbox adds, and
 * its own work), and how many it makes in a second with several at a time.
 */
async function bareRequests({ ready }: World) {
  const client = bareClient(ready)
  const listed = '/api/catalog_system/pvt/sku/stockkeepingunitids?page=1&pagesize=1'
  const [skuId] = await client.get<number[]>(listed)
  const taken: number[] = []
  const ask = async () => {
    const began = performance.now()
    await client.get(`/api/logistics/pvt/inventory/skus/${skuId}`)
    taken.push(performance.now() - began)
  }
  for (let asked = 0; asked < ALONE; asked++) await ask()
  const latencyMs = median(taken)
  const limit = pLimit(CONCURRENCY)
  const began = performance.now()
  await Promise.all(Array.from({ length: TOGETHER }, () => limit(ask)))
  const perSecond = (TOGETHER * THOUSAND) / (performance.now() - began)
  client.close()
  return { latencyMs, perSecond }
}

/**
 * Requests in a second, as a share of what concurrency and latency allow. Nothing limits the rate, and each API has a
 * limiter of its own, so the ceiling is the same where details are read beside the stock.
 */
const shareOf = (perSecond: number, latencyMs: number) =>
  perSecond / (CONCURRENCY / (latencyMs / THOUSAND))

/** A full export, and what it cost. @param addedMs what the sandbox adds to its own work for each response */
async function measured(world: World, addedMs: number) {
  await world.latency(addedMs)
  await world.idle()
  const { latencyMs, perSecond: bare } = await bareRequests(world)
  await world.resetRequests()
  const ended = await world.export()
  await world.idle()
  const { vtex, vbase } = await world.requests()
  const { read } = ended.skus
  const seconds = secondsOf(ended)
  return {
    latencyMs,
    share: shareOf(read / seconds, latencyMs),
    shareOfAdded: shareOf(read / seconds, addedMs),
    requestShare: shareOf(vtex / seconds, latencyMs),
    bareShare: shareOf(bare, latencyMs),
    requests: vtex / read,
    calls: (vbase * THOUSAND) / read,
  }
}

const of = (skus: number, ms: number) =>
  `${skus.toLocaleString('en')} SKUs, ${ms} ms x ${CONCURRENCY}`

/** What a warm export reached, where it has to reach a share. */
const warmRows = (name: string, warm: Awaited<ReturnType<typeof measured>>, target: number) => [
  atLeast(figure(`share of the ceiling, warm, ${name}`, warm.share, 3), target),
  figure('the same in requests: inactive SKUs cost none', warm.requestShare, 3),
  figure(
    `requests of a client that does nothing else, ${CONCURRENCY} at a time`,
    warm.bareShare,
    3
  ),
  figure(
    'latency of its requests alone: 40 ms added, and the work of the sandbox',
    warm.latencyMs,
    1,
    ' ms'
  ),
  figure('share of the app if the sandbox did no work', warm.shareOfAdded, 3),
]

/** Share of the ceiling of a full export: cold, warm, and with answers that take three times as long. */
export async function share(skus = 40_000): Promise<Row[]> {
  const world = await World.start(catalogOf(skus))
  try {
    const cold = await measured(world, 40)
    const warm = await measured(world, 40)
    const slow = await measured(world, 120)
    const memory = await world.workerMemory()
    return [
      figure(`share of the ceiling, first full export of ${of(skus, 40)}`, cold.share, 3),
      ...warmRows(of(skus, 40), warm, 0.92),
      figure(`share of the ceiling, warm, ${of(skus, 120)}`, slow.share, 3),
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
    return warmRows(of(skus, 40), await measured(world, 40), 0.95)
  } finally {
    await world.stop()
  }
}
