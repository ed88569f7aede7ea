import { callsWithAndWithoutHistory, MOST_CALLS_FOR_HISTORY, thirtyDays } from './history'

it('a full export after 8,640 updates in thirty days makes at most 60 VBase calls more than after none', async () => {
  const { without, after } = await callsWithAndWithoutHistory(thirtyDays)
  expect(after).toBeLessThanOrEqual(without + MOST_CALLS_FOR_HISTORY)
}, 3_600_000)
