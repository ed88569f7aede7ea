import { Account } from '../account'
import type { BroadcasterBehaviour } from './behaviour'
import { Broadcaster } from './broadcaster'
import type { Notification, PartialNotification } from './notification'

const NOON = Date.UTC(2026, 5, 1, 12)

type Published = Partial<Notification> & PartialNotification

interface Feed {
  account: Account
  broadcaster: Broadcaster
  published: Published[]
  ids: number[]
  refuse: () => void
}

function feed(behaviour: Partial<BroadcasterBehaviour> = {}): Feed {
  // Each SKU has stock of its own.
  const account = new Account('sandbox', 3000, 1, undefined, false)
  const published: Published[] = []
  let down = false
  const broadcaster = new Broadcaster(account, async (sender, topic, body) => {
    if (down) throw new Error('no room')
    expect([sender, topic]).toEqual(['vtex.broadcaster', 'broadcaster.notification'])
    published.push(body)
  })
  Object.assign(broadcaster.behaviour, { partial: 0 }, behaviour)
  const refuse = () => {
    down = true
  }
  return { account, broadcaster, published, ids: [...account.catalog.ids()], refuse }
}

/** Changes the stock of each SKU once; returns the ids in the order of publication. */
async function restockAll({ account, broadcaster, published, ids }: Feed): Promise<number[]> {
  for (const id of ids) account.setBalance(id, '1_1', { total: 5 })
  await jest.runAllTimersAsync()
  await broadcaster.idle()
  return published.map(({ IdSku }) => Number(IdSku))
}

beforeEach(() => jest.useFakeTimers({ now: NOON, doNotFake: ['nextTick'] }))
afterEach(() => jest.useRealTimers())

describe('Broadcaster', () => {
  const change = async (act: (account: Account, id: number) => void) => {
    const { account, published, ids } = feed()
    act(account, ids[0] ?? 0)
    await jest.runAllTimersAsync()
    return published
  }
  const quiet = {
    An: 'sandbox',
    DateModified: '2026-06-01T12:00:00.000Z',
    StockModified: false,
    PriceModified: false,
    HasStockKeepingUnitModified: false,
    HasStockKeepingUnitRemovedFromAffiliate: false,
  }

  it.each([
    ['a sale', (a: Account, id: number) => a.sell(id, 1), { StockModified: true }],
    [
      'a restock',
      (a: Account, id: number) => a.setBalance(id, 'north', { total: 3 }),
      { StockModified: true },
    ],
    ['a price', (a: Account, id: number) => a.setPrice(id, 9.5), { PriceModified: true }],
    [
      'an end of activity',
      (a: Account, id: number) => a.setActive(id, false),
      { HasStockKeepingUnitModified: true, IsActive: false },
    ],
    [
      'another reference',
      (a: Account, id: number) => a.setRefId(id, 'NEW'),
      { HasStockKeepingUnitModified: true },
    ],
    [
      'a removal',
      (a: Account, id: number) => a.removeSku(id),
      { HasStockKeepingUnitRemovedFromAffiliate: true, IsActive: false },
    ],
  ])('publishes %s without units', async (_, act, expected) => {
    const published = await change(act)
    expect(published).toEqual([
      {
        ...quiet,
        IdSku: expect.stringMatching(/^\d+$/),
        ProductId: expect.any(Number),
        IdAffiliate: '',
        IsActive: true,
        ...expected,
      },
    ])
  })
})

it('publishes each change once and in order, some partially', async () => {
  const calm = feed({ partial: 0.1 })
  expect(await restockAll(calm)).toEqual(calm.ids)
  const partial = calm.published.filter((each) => Object.keys(each).length === 2)
  expect(partial).toContainEqual({ HasStockKeepingUnitModified: true, IdSku: expect.any(String) })
  expect(partial).toHaveLength(calm.broadcaster.counts.partial)
  expect(partial.length).toBeGreaterThan(calm.ids.length * 0.05)
  expect(partial.length).toBeLessThan(calm.ids.length * 0.2)
})

it('duplicates, loses and reorders the configured shares, repeatably', async () => {
  const behaviour = { doubled: 0.2, lost: 0.3, reordered: 0.1 }
  const [first, second] = [feed(behaviour), feed(behaviour)]
  const published = await restockAll(first)
  const { counts } = first.broadcaster
  expect(counts.changes).toBe(first.ids.length)
  expect(published).toHaveLength(counts.changes - counts.lost + counts.doubled)
  expect(counts.lost / counts.changes).toBeCloseTo(0.3, 1)
  expect(counts.doubled / (counts.changes - counts.lost)).toBeCloseTo(0.2, 1)
  expect(counts.reordered).toBeGreaterThan(0)
  expect(published).not.toEqual([...published].sort((a, b) => a - b))
  expect(first.broadcaster.unpublished().size).toBe(counts.lost)
  expect(await restockAll(second)).toEqual(published)
})

it('publishes a delayed change with its own time, and reports it as unpublished until then', async () => {
  const { account, broadcaster, published, ids } = feed({ delayed: 1, delay: 60_000 })
  const [id = 0] = ids
  account.sell(id, 1)
  await jest.advanceTimersByTimeAsync(59_999)
  expect(published).toEqual([])
  expect(broadcaster.unpublished()).toEqual(new Set([id]))
  await jest.advanceTimersByTimeAsync(1)
  expect(published).toMatchObject([{ DateModified: new Date(NOON).toISOString() }])
  expect(broadcaster.unpublished().size).toBe(0)
})

it('a later notification of the SKU makes up for a lost one', async () => {
  const { account, broadcaster, ids } = feed({ lost: 1 })
  const [id = 0] = ids
  account.sell(id, 1)
  expect(broadcaster.unpublished()).toEqual(new Set([id]))
  broadcaster.behaviour.lost = 0
  account.sell(id, 1)
  await broadcaster.idle()
  expect(broadcaster.unpublished().size).toBe(0)
})

it('reports a rejected event as unpublished, and publishes nothing after stop', async () => {
  const { account, broadcaster, published, ids, refuse } = feed()
  refuse()
  account.sell(ids[0] ?? 0, 1)
  await broadcaster.idle()
  expect(broadcaster.counts).toMatchObject({ changes: 1, failed: 1, published: 0 })
  expect(broadcaster.unpublished().size).toBe(1)
  broadcaster.stop()
  account.sell(ids[0] ?? 0, 1)
  expect(broadcaster.counts.changes).toBe(1)
  expect(published).toEqual([])
})
