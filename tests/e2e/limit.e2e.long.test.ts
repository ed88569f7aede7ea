import { App } from './support/app'
import { eventually } from './support/eventually'
import { SOAK_TIMEOUT, soak } from './support/soak'

jest.setTimeout(SOAK_TIMEOUT)

it('npm run soak -- --limit measures exports with and without maxRequestsPerMinute', async () => {
  const said = await soak('--limit', '200', '--skus', '200').catch(({ stdout }) => String(stdout))
  expect(said.match(/completed after \d+ s/g)).toHaveLength(2)
  expect(said.match(/[\d.]+ requests\/s while reading/g)).toHaveLength(4)
})

it('POST /export saves its progress under a low maxRequestsPerMinute', async () => {
  const skus = 16
  // Two calls for each SKU: more than twelve seconds, and a first batch after a list takes eight.
  const app = await App.start({ skus, settings: { maxRequestsPerMinute: 150 } })
  try {
    const id = await app.accepted()
    const read = await eventually('SKUs that were read', async () => {
      return (await app.report(id)).skus.read || undefined
    })
    expect(read).toBeLessThan(skus)
    const report = await app.ended(id)
    expect([report.status, report.skus.read]).toEqual(['completed', skus])
  } finally {
    await app.stop()
  }
})
