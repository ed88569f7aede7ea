import { afterHistory, afterNothing, MOST_CALLS_FOR_HISTORY, thirtyDaysInShort } from './history'

// Simulated time costs real time, more of it beside other tests.
jest.setTimeout(1_200_000)

it('a full export after thirty days of simulated updates makes at most 60 more VBase calls than after none', async () => {
  const without = await afterNothing()
  const after = await afterHistory(thirtyDaysInShort)
  expect(after.calls).toBeLessThanOrEqual(without.calls + MOST_CALLS_FOR_HISTORY)
})
