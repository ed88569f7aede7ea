import {
  callsOf,
  expectNoDifference,
  heldOf,
  offersOfOthers,
  sellableOf,
} from './support/marketplace'
import { MINUTE, TimeMachine } from './support/timeMachine'

const REFRESH_MINUTES = 240
const EVERY_MINUTES = 75
const UPDATES = 3

let machine: TimeMachine

beforeAll(async () => {
  // The channel of all offers here: those of a product come in one answer.
  const settings = {
    sellers: '',
    skuIdentifier: 'skuId',
    salesChannel: '1',
    sellersRefreshMinutes: String(REFRESH_MINUTES),
  }
  machine = await TimeMachine.start({ skus: 250, settings })
})

afterAll(() => machine.stop())

describe('POST /update, 75 minutes apart, after unreported changes of other sellers', () => {
  it('brings all of them within sellersRefreshMinutes, with less than one request a SKU', async () => {
    const { app } = machine
    expect((await app.exported()).status).toBe('completed')
    await expectNoDifference(app)
    const { marketplace } = app.commerce
    const offers = [...(await sellableOf(app, '2')), ...(await sellableOf(app, '31'))]
    for (const { sellerId, skuId } of offers) marketplace.bind(sellerId, skuId, { quantity: 777 })
    const names = offers.map(({ offerSku }) => offerSku)
    const held = heldOf(app, names)

    const reports: Awaited<ReturnType<typeof app.exported>>[] = []
    const calls = await callsOf(app, async () => {
      for (let update = 1; update <= UPDATES; update++) {
        await machine.travel(EVERY_MINUTES * MINUTE)
        reports.push(await app.exported('update'))
      }
    })
    expect(heldOf(app, names).filter((each, index) => each === held[index])).toEqual([])
    await expectNoDifference(app)
    const skus = new Set((await offersOfOthers(app)).map(({ skuId }) => skuId)).size
    expect(calls.offers).toBeGreaterThan(0)
    expect(calls.offers).toBeLessThan(skus)
    expect(calls.contexts).toBe(0)
    const refreshed = reports.map(({ sellersRefresh }) => sellersRefresh?.skus ?? 0)
    expect(refreshed.every((part) => part > 0)).toBe(true)
    expect(reports.map(({ status, skus: { read } }) => [status, read])).toEqual(
      Array.from({ length: UPDATES }, () => ['completed', 0])
    )
    const oldest = reports.at(-1)?.sellersRefresh?.oldestAgeMinutes
    expect(oldest).toBeGreaterThanOrEqual(UPDATES * EVERY_MINUTES)
    expect(oldest).toBeLessThan(REFRESH_MINUTES)
  })
})
