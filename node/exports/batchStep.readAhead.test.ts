import type { BatchReader, Reading, ReadingLimits } from './batchReader'
import { ReadAhead } from './batchStep'
import type { QueueSnapshot } from './queue'

const END = 1_000
const list = { uniqueId: 'l' }
const queue = (mine: object = list) =>
  ({ exports: [{ exportId: 'a', lists: { own: mine } }] }) as unknown as QueueSnapshot
const before = { name: { exportId: 'a', source: 'own', version: 7, to: 100 } } as Reading
const next = {
  ...{ kind: 'read' as const, exportId: 'a', source: 'own' as const },
  range: { from: 100, to: END },
}

/** What is read ahead of a batch, and how it was asked for. */
function begun(of: Reading = before, msLeft = 500) {
  const asked: ReadingLimits[] = []
  const read = async (...[, , limits]: Parameters<BatchReader['read']>) => {
    asked.push(limits)
    return before
  }
  const ahead = new ReadAhead(() => msLeft)
  ahead.begin({ read }, queue(), of, END, {} as ReadingLimits['ledger'])
  return { ahead, asked }
}

describe('ReadAhead', () => {
  it('reads with a version above that of the batch before, and gives it to the next step', async () => {
    const { ahead, asked } = begun()
    ahead.keepFor(queue(), next)
    await expect(ahead.take()).resolves.toBe(before)
    expect(asked).toMatchObject([{ ms: 500, behind: 7 }])
    expect(ahead.take()).toBeUndefined()
  })

  it.each([
    ['an update comes first', { ...next, exportId: 'b' }, list],
    ['another source is next', { ...next, source: 'sellers' as const }, list],
    ['the batch before is read again', { ...next, range: { from: 0, to: END } }, list],
    ['a part of it was read by another worker', { ...next, range: { from: 100, to: 150 } }, list],
    ['the SKUs were listed again', next, { uniqueId: 'other' }],
    [
      'the export ends',
      { kind: 'finish' as const, exportId: 'a', outcome: 'failed' as const },
      list,
    ],
    ['a step failed', { kind: 'wait' as const, until: 1 }, list],
  ])('drops it and stops reading where %s', (_, step, mine) => {
    const { ahead, asked } = begun()
    ahead.keepFor(queue(mine), step)
    expect(ahead.take()).toBeUndefined()
    expect(asked[0]?.isStopped?.()).toBe(true)
  })

  it.each([
    ['after the last SKU', { name: { ...before.name, to: END } } as Reading, 500],
    ["of Centra's pages", { name: { ...before.name, source: 'centra' } } as Reading, 500],
    ['at the end of a run', before, 0],
  ])('reads nothing %s', (_, of, msLeft) => {
    const { ahead, asked } = begun(of, msLeft)
    expect([ahead.isBegun, asked]).toEqual([false, []])
  })
})
