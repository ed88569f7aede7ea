import { afterHistory, afterNothing, MOST_CALLS_FOR_HISTORY, thirtyDaysInShort } from './history'
import { LONG_TEST_MS } from './shop'

jest.setTimeout(LONG_TEST_MS)

it('a full export after thirty days of simulated updates makes at most 60 more VBase calls than after none', async () => {
  const without = await afterNothing()
  const after = await afterHistory(thirtyDaysInShort)
  expect(after.calls).toBeLessThanOrEqual(without.calls + MOST_CALLS_FOR_HISTORY)
})
