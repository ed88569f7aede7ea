import { UPSTREAMS } from '../../sandbox/faults/upstreams'
import { App } from './support/app'
import { eventually } from './support/eventually'
import { SOAK_PATIENCE, soak } from './support/soak'

jest.setTimeout(SOAK_PATIENCE)

it('an upstream with a limit is measured, with and without maxRequestsPerMinute', async () => {
  const said = await soak('--limit', '200', '--skus', '200').catch(({ stdout }) => String(stdout))
  expect(said.match(/completed after \d+ s/g)).toHaveLength(2)
  expect(said.match(/[\d.]+ requests\/s while reading/g)).toHaveLength(4)
})

it('an export under a low maxRequestsPerMinute is saved as it goes on, and does not begin again when its worker dies', async () => {
  const skus = 20
  // Two calls for each SKU: eight seconds, and a first batch takes four.
  const app = await App.start({ skus, settings: { maxRequestsPerMinute: 300 } })
  try {
    const id = await app.accepted()
    const read = await eventually('SKUs that were read', async () => {
      return (await app.report(id)).skus.read || undefined
    })
    expect(read).toBeLessThan(skus)
    await app.restartWorkers()
    const report = await app.ended(id)
    expect([report.status, report.skus.read]).toEqual(['completed', skus])
    const calls = app.platform.requests.of(UPSTREAMS.inventory.upstream).byStatus[200] ?? 0
    // The list, the warehouses of each batch, and what was read when the worker died.
    expect(calls).toBeLessThan(4 * skus)
    await app.intershop.idle()
    expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
  } finally {
    await app.stop()
  }
})
