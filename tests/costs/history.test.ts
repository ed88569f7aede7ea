import { afterHistory, afterNothing, MOST_CALLS_FOR_HISTORY, thirtyDaysInShort } from './history'

it('a full export after thirty days of updates, told in short, makes at most 60 VBase calls more than after none', async () => {
  const without = await afterNothing()
  const after = await afterHistory(thirtyDaysInShort)
  expect(after.calls).toBeLessThanOrEqual(without.calls + MOST_CALLS_FOR_HISTORY)
}, 600_000)
