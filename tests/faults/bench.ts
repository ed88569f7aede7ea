import { App } from '../e2e/support/app'
import { BENCH, type FaultCase } from './faultCase'
import { BUSY_SELLER } from './sellerStock'

/** A sandbox in which faults are tried: another seller has every SKU too, and all has been exported once. */
export async function startBench(delivery?: FaultCase['delivery']): Promise<App> {
  const app = await App.start({ ...BENCH, delivery })
  const { catalog, marketplace } = app.commerce
  for (const skuId of catalog.ids()) {
    marketplace.bind(BUSY_SELLER, skuId, { active: true, quantity: 20 })
  }
  await app.exported()
  return app
}
