import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Comparison } from '../sandbox/comparison/compare'
import { COMMERCE_HOST } from '../sandbox/world/commerce/api/listener'
import { figure, type Row } from './rows'
import { secondsOf, World } from './world'

const SKUS = 4_000
const CONCURRENCY = 50
const LATENCY_MS = 40
/** What VTEX allows. */
const REQUESTS_A_SECOND = 400
const CHANGES_A_SECOND = 20

/** What the plain loop found. */
interface Found {
  seconds: number
  skus: number
  quantities: Record<string, number>
}

async function plainLoop({ egress, credential }: World['ready']): Promise<Found> {
  const script = join(__dirname, 'plainLoop.ts')
  const options = ['--import', 'tsx', script, egress, credential, String(CONCURRENCY)]
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (part) => {
    said += part
  })
  await once(child, 'close')
  return JSON.parse(said) as Found
}

/** Sells while something runs. */
async function whileSelling<T>(world: World, doing: Promise<T>): Promise<T> {
  let isOver = false
  const over = () => {
    isOver = true
  }
  doing.then(over, over)
  while (!isOver) {
    await world.sell(CHANGES_A_SECOND / 10)
    await sleep(100)
  }
  return doing
}

async function limited(world: World): Promise<void> {
  await world.latency(LATENCY_MS)
  await world.control('POST', '/limits', { upstream: COMMERCE_HOST, perSecond: REQUESTS_A_SECOND })
  await world.resetRequests()
}

async function unlimited(world: World): Promise<void> {
  await world.latency(0, 0)
  await world.control('DELETE', '/limits')
}

/** The app and the plain loop, one after the other, at the same limits and under the same sales. */
export async function instead(): Promise<Row[]> {
  const settings = {
    ...{ sellers: '1', skuIdentifier: 'skuId', maxConcurrency: CONCURRENCY },
    maxNewlyZeroPercent: 100,
  }
  const world = await World.start({ skus: SKUS, centra: false, kits: false, settings })
  try {
    await limited(world)
    const ended = await whileSelling(world, world.export())
    const app = await world.requests()
    await world.export('update')
    await unlimited(world)
    await world.control('POST', '/intershop/import')
    const { differing, missing } = await world.control<Comparison>('GET', '/compare')

    await world.idle()
    await limited(world)
    const loop = await whileSelling(world, plainLoop(world.ready))
    const loopRequests = await world.requests()
    await unlimited(world)
    const truth = await plainLoop(world.ready)
    const wrong = Object.entries(truth.quantities).filter(
      ([skuId, quantity]) => loop.quantities[skuId] !== quantity
    ).length

    const limits = `${REQUESTS_A_SECOND} requests a second allowed, ${CHANGES_A_SECOND} sales a second`
    return [
      figure(
        `the app: SKUs in a second, first export, ${limits}`,
        ended.skus.read / secondsOf(ended)
      ),
      figure('the app: requests refused (429)', app.rateLimited),
      figure('the app: offers wrong after the next update', differing + missing),
      figure(`the plain loop: SKUs in a second, same limits and sales`, loop.skus / loop.seconds),
      figure('the plain loop: requests refused (429)', loopRequests.rateLimited),
      figure('the plain loop: offers wrong or missing, until it runs again', wrong),
    ]
  } finally {
    await world.stop()
  }
}
