import {
  afterHistory,
  afterNothing,
  MOST_CALLS_FOR_HISTORY,
  thirtyDays,
  thirtyDaysInShort,
} from './history'

let after: Awaited<ReturnType<typeof afterHistory>>

beforeAll(async () => {
  after = await afterHistory(thirtyDays)
}, 3_600_000)

it('a full export after 8,640 updates in thirty days makes at most 60 VBase calls more than after none', async () => {
  const without = await afterNothing()
  expect(after.calls).toBeLessThanOrEqual(without.calls + MOST_CALLS_FOR_HISTORY)
})

it('the history that is told in short leaves as many documents in each folder, to 2 %', async () => {
  const inShort = await afterHistory(thirtyDaysInShort)
  for (const [folder, size] of after.sizes) {
    expect([folder, Math.abs((inShort.sizes.get(folder) ?? 0) - size) <= 2 + size / 50]).toEqual([
      folder,
      true,
    ])
  }
}, 1_200_000)
