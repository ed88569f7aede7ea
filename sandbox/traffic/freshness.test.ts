import { expectedOwnOffers } from '../comparison/own-stock'
import { comparisonSettings } from '../comparison/settings'
import { Account } from '../world/commerce/account'
import { Broadcaster } from '../world/commerce/broadcaster/broadcaster'
import { freshnessSince, markUpdateStart } from './freshness'

const SETTINGS = { skuIdentifier: 'skuId', sellers: '1' }

/** A sandbox whose Intershop has the stock of the account, until that changes. */
function world() {
  const commerce = new Account('sandbox', 5000, 1)
  const broadcaster = new Broadcaster(commerce, async () => {})
  const held = [...expectedOwnOffers(commerce, comparisonSettings(SETTINGS))].map(
    ({ offerSku, quantity }) =>
      [
        offerSku,
        { quantity, available: quantity > 0, orderable: quantity > 0, sellerId: '1' },
      ] as const
  )
  const inFlight: { sender: string; subject: string }[] = []
  const sandbox = {
    commerce,
    broadcaster,
    intershop: { idle: async () => {}, inventory: new Map(held) },
    platform: {
      courier: { pending: () => inFlight },
      settings: { read: async () => SETTINGS },
    },
  } as unknown as Parameters<typeof markUpdateStart>[0]
  const ids = [...commerce.catalog.ids()].filter(
    (id) => commerce.sku(id)?.active && commerce.sku(id)?.productActive
  )
  const change = (n: number) => {
    const id = ids[n] ?? 0
    commerce.setBalance(id, '1_1', { total: 1_000_000 + n, reserved: 0, unlimited: false })
    commerce.setBalance(id, 'north', { unlimited: false })
    return id
  }
  return { sandbox, change, broadcaster, inFlight }
}

beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 5, 1), doNotFake: ['setImmediate'] }))
afterEach(() => jest.useRealTimers())

it('finds no difference when Intershop has the stock of the account', async () => {
  const { sandbox } = world()
  expect(await freshnessSince(sandbox, markUpdateStart(sandbox))).toEqual({
    differing: 0,
    changedSince: 0,
    unknownToApp: 0,
    stale: [],
  })
})

it('separates changes during the update from unexpected differences', async () => {
  const { sandbox, change, broadcaster } = world()
  const before = change(4000)
  await broadcaster.idle()
  jest.advanceTimersByTime(1)
  const start = markUpdateStart(sandbox)
  change(1)
  jest.advanceTimersByTime(1)
  change(2)
  expect(await freshnessSince(sandbox, start)).toMatchObject({
    differing: 3,
    changedSince: 2,
    unknownToApp: 0,
    stale: [{ skuId: before }],
  })
})

it('counts an offer as unexpected if only its price changed since', async () => {
  const { sandbox, change, broadcaster } = world()
  const id = change(1)
  await broadcaster.idle()
  jest.advanceTimersByTime(1)
  const start = markUpdateStart(sandbox)
  sandbox.commerce.setPrice(id, 5)
  expect(await freshnessSince(sandbox, start)).toMatchObject({ stale: [{ skuId: id }] })
})

it('counts an offer as unknown to the app while its notification is lost or late', async () => {
  const { sandbox, change, broadcaster, inFlight } = world()
  broadcaster.behaviour.lost = 1
  change(1)
  broadcaster.behaviour.lost = 0
  inFlight.push({ sender: 'vtex.broadcaster', subject: String(change(2)) })
  inFlight.push({ sender: 'somebody.else', subject: String(change(3)) })
  await broadcaster.idle()
  jest.advanceTimersByTime(1)
  expect(await freshnessSince(sandbox, markUpdateStart(sandbox))).toMatchObject({
    differing: 3,
    changedSince: 0,
    unknownToApp: 2,
    stale: [{}],
  })
})

it("counts a kit as unknown to the app while its component's notification is lost", async () => {
  const { sandbox, broadcaster } = world()
  const { kits, catalog } = sandbox.commerce
  const kit = [...catalog.ids()].find((id) => kits.components(id).length === 1) ?? 0
  const { skuId: part = 0 } = kits.components(kit)[0] ?? {}
  broadcaster.behaviour.lost = 1
  sandbox.commerce.setActive(part, false)
  jest.advanceTimersByTime(1)
  expect(await freshnessSince(sandbox, markUpdateStart(sandbox))).toMatchObject({
    differing: kits.of(part).length + 1,
    unknownToApp: kits.of(part).length + 1,
    stale: [],
  })
})
