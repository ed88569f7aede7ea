import { setTimeout as sleep } from 'node:timers/promises'
import { figure, type Row } from './rows'
import { World } from './world'

const IN_FLIGHT = 1_000
const POLL_MS = 20

interface CourierState {
  counts: { acknowledged: number }
}

/** Notifications of changes that one replica saves in a second, and VBase writes for each. */
export async function intake(notifications = 10_000): Promise<Row[]> {
  const skus = 2 * notifications
  const world = await World.start({ skus, centra: false, kits: false, settings: { sellers: '1' } })
  try {
    await world.control('PUT', '/courier', { mostInFlight: IN_FLIGHT })
    await world.latency(0)
    await world.idle()
    await world.resetRequests()
    const acknowledged = async () =>
      (await world.control<CourierState>('GET', '/courier')).counts.acknowledged
    const before = await acknowledged()
    const began = Date.now()
    const sold = (await world.sell(notifications)).length
    while ((await acknowledged()) - before < sold) await sleep(POLL_MS)
    const seconds = (Date.now() - began) / 1_000
    const { vbase } = await world.requests()
    const name = 'notifications that one replica saves'
    return [
      figure(`${name} in a second, ${IN_FLIGHT.toLocaleString('en')} at a time`, sold / seconds),
      figure('VBase calls for each of them', vbase / sold, 4),
    ]
  } finally {
    await world.stop()
  }
}
