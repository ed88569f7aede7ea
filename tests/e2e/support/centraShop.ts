import type { App } from './app'
import { sellableRows } from './centra'
import { sellable } from './changes'
import { TimeMachine } from './timeMachine'

/** A sandbox with Centra on, with rows and SKUs to sell of, each in a test of its own. */
export interface CentraShop {
  machine: TimeMachine
  app: App
  rows: number[]
  ids: number[]
}

export async function startCentraShop(): Promise<CentraShop> {
  const machine = await TimeMachine.start({ skus: 40, centra: true })
  const { app } = machine
  // A notification without flags counts as a change of the SKU itself, which windows keep for longer.
  app.sandbox.broadcaster.behaviour.partial = 0
  return { machine, app, rows: await sellableRows(app, 6), ids: await sellable(app, 6) }
}
