import { callsWithAndWithoutHistory, MOST_CALLS_FOR_HISTORY, thirtyDaysInShort } from './history'

it('a full export after thirty days of updates, told in short, makes at most 60 VBase calls more than after none', async () => {
  const { without, after } = await callsWithAndWithoutHistory(thirtyDaysInShort)
  expect(after).toBeLessThanOrEqual(without + MOST_CALLS_FOR_HISTORY)
})
