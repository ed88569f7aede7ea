import { App } from './support/app'
import { until } from './support/eventually'

/** So late that no test waits for it. */
const NEVER = 600_000

let app: App

beforeAll(async () => {
  app = await App.start({
    skus: 400,
    replicas: 2,
    latency: 200,
    settings: { maxConcurrency: 5 },
    faults: { courier: { firstRetry: NEVER, maxRetry: NEVER } },
  })
})

afterAll(() => app.stop())

it('a change notification resumes an export whose worker died, though courier keeps the work event', async () => {
  const id = await app.accepted()
  await until('the plan', async () => (await app.report(id)).skus.planned !== undefined)
  app.platform.replicas.killAll()
  await app.platform.replicas.allUp()
  const [skuId = 0] = app.commerce.catalog.ids()
  const changing = setInterval(() => app.commerce.setBalance(skuId, '1_1', { total: 5 }), 500)
  try {
    // Not by asking for its report: that would wake it too.
    await until('its end', async () => {
      const ended = await app.platform.vbase.files('ended')
      return ended.some((name) => JSON.stringify(name).includes(id))
    })
    expect((await app.report(id)).status).toBe('completed')
  } finally {
    clearInterval(changing)
  }
})
