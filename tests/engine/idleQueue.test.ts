import { exported, installed, step } from './playing'

/** What the engine learns from where exports stand. */
const QUEUE =
  /^list (exports|cancelled|plans|lists|attempts|delivered)$|^read (exports|plans|lists)$/

/** The calls that reading the queue costs while an update finds nothing, after a full export and another update. */
async function callsOfIdleUpdate(withoutCentra: boolean): Promise<string[]> {
  const world = await installed({ withoutCentra, mostPosts: 100 })
  await exported(world, 'export')
  await exported(world, 'update')
  while (await step(world));
  const { calls } = world.vbase
  calls.length = 0
  expect((await exported(world, 'update'))?.status).toBe('completed')
  while (await step(world));
  return calls.filter((call) => QUEUE.test(call))
}

describe('an update without changes', () => {
  test.each([true, false])(
    'reads the queue with at most 15 calls to VBase (without Centra: %p)',
    async (withoutCentra) => {
      expect((await callsOfIdleUpdate(withoutCentra)).length).toBeLessThanOrEqual(15)
    }
  )
})
