import { expectedOffers } from '../comparison/own-stock'
import { truthSettings } from '../comparison/settings'
import { Account } from '../world/commerce/account'
import { Broadcaster } from '../world/commerce/broadcaster/broadcaster'
import { begin, freshnessSince } from './freshness'

const SETTINGS = { skuIdentifier: 'skuId', sellers: '1' }

/** A world in which Intershop holds what the account says, until it changes. */
function world() {
  const commerce = new Account('sandbox', 5000, 1)
  const broadcaster = new Broadcaster(commerce, async () => {})
  const held = [...expectedOffers(commerce, truthSettings(SETTINGS))].map(
    ({ offerSku, quantity }) =>
      [
        offerSku,
        { quantity, available: quantity > 0, orderable: quantity > 0, sellerId: '1' },
      ] as const
  )
  const underWay: { sender: string; subject: string }[] = []
  const sandbox = {
    commerce,
    broadcaster,
    intershop: { idle: async () => {}, inventory: new Map(held) },
    platform: {
      courier: { pending: () => underWay },
      settings: { read: async () => SETTINGS },
    },
  } as unknown as Parameters<typeof begin>[0]
  const ids = [...commerce.catalog.ids()].filter(
    (id) => commerce.sku(id)?.active && commerce.sku(id)?.productActive
  )
  const change = (n: number) => {
    const id = ids[n] ?? 0
    commerce.setBalance(id, '1_1', { total: 1_000_000 + n, reserved: 0, unlimited: false })
    commerce.setBalance(id, 'north', { unlimited: false })
    return id
  }
  return { sandbox, change, broadcaster, underWay }
}

beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 5, 1), doNotFake: ['setImmediate'] }))
afterEach(() => jest.useRealTimers())

it('finds nothing when Intershop holds what the account says', async () => {
  const { sandbox } = world()
  expect(await freshnessSince(sandbox, begin(sandbox))).toEqual({
    differing: 0,
    changedSince: 0,
    unheard: 0,
    stale: [],
  })
})

it('tells what changed since from what an update should have brought', async () => {
  const { sandbox, change, broadcaster } = world()
  const before = change(4000)
  await broadcaster.idle()
  jest.advanceTimersByTime(1)
  const beginning = begin(sandbox)
  change(1)
  jest.advanceTimersByTime(1)
  change(2)
  expect(await freshnessSince(sandbox, beginning)).toMatchObject({
    differing: 3,
    changedSince: 2,
    unheard: 0,
    stale: [{ skuId: before }],
  })
})

it('takes no price for a reason to differ', async () => {
  const { sandbox, change, broadcaster } = world()
  const id = change(1)
  await broadcaster.idle()
  jest.advanceTimersByTime(1)
  const beginning = begin(sandbox)
  sandbox.commerce.setPrice(id, 5)
  expect(await freshnessSince(sandbox, beginning)).toMatchObject({ stale: [{ skuId: id }] })
})

it('does not ask for what nobody told the app in time', async () => {
  const { sandbox, change, broadcaster, underWay } = world()
  broadcaster.behaviour.lost = 1
  change(1)
  broadcaster.behaviour.lost = 0
  underWay.push({ sender: 'vtex.broadcaster', subject: String(change(2)) })
  underWay.push({ sender: 'somebody.else', subject: String(change(3)) })
  await broadcaster.idle()
  jest.advanceTimersByTime(1)
  expect(await freshnessSince(sandbox, begin(sandbox))).toMatchObject({
    differing: 3,
    changedSince: 0,
    unheard: 2,
    stale: [{}],
  })
})

it('does not ask for a kit of whose component nobody told the app in time', async () => {
  const { sandbox, broadcaster } = world()
  const { kits, catalog } = sandbox.commerce
  const kit = [...catalog.ids()].find((id) => kits.components(id).length === 1) ?? 0
  const { skuId: part = 0 } = kits.components(kit)[0] ?? {}
  broadcaster.behaviour.lost = 1
  sandbox.commerce.setActive(part, false)
  jest.advanceTimersByTime(1)
  expect(await freshnessSince(sandbox, begin(sandbox))).toMatchObject({
    differing: kits.of(part).length + 1,
    unheard: kits.of(part).length + 1,
    stale: [],
  })
})
