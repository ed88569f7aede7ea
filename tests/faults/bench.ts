import { App } from '../e2e/support/app'
import { BENCH } from './faultCase'
import { BUSY_SELLER } from './sellerStock'

/** A sandbox in which faults are tried: another seller has every SKU too, and all has been exported once. */
export async function startBench(): Promise<App> {
  const app = await App.start(BENCH)
  const { catalog, marketplace } = app.commerce
  for (const skuId of catalog.ids()) {
    marketplace.bind(BUSY_SELLER, skuId, { active: true, quantity: 20 })
  }
  await app.exported()
  return app
}
