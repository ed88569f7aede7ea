import type { BatchReader, PreviousBatch, Reading, ReadingLimits } from './batchReader'
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
function begun(of: PreviousBatch = before.name, msLeft = 500) {
  const asked: ReadingLimits[] = []
  const read = async (...[, , limits]: Parameters<BatchReader['read']>) => {
    asked.push(limits)
    return before
  }
  const ahead = new ReadAhead(() => msLeft)
  const begin = (name: PreviousBatch) =>
    ahead.begin({ read }, queue(), name, END, {} as ReadingLimits['ledger'])
  begin(of)
  return { ahead, asked, begin }
}

describe('ReadAhead', () => {
  it('reads with a version above that of the batch before, and gives it to the next step', async () => {
    const { ahead, asked } = begun()
    ahead.keepFor(queue(), next)
    await expect(ahead.take(() => {})).resolves.toBe(before)
    expect(asked).toMatchObject([{ ms: 500, behind: 7 }])
    expect(ahead.take(() => {})).toBeUndefined()
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
    expect(ahead.take(() => {})).toBeUndefined()
    expect(asked[0]?.isStopped?.()).toBe(true)
  })

  it('goes on with what was begun near the end of the batch before', () => {
    const { ahead, asked, begin } = begun()
    begin(before.name)
    expect(asked).toHaveLength(1)
    ahead.keepFor(queue(), next)
    expect(ahead.isBegun).toBe(true)
  })

  it('drops what was begun near an end that the batch before did not reach', () => {
    const { asked, begin } = begun()
    begin({ ...before.name, to: 90 })
    expect(asked.map(({ isStopped }) => isStopped?.())).toEqual([true, false])
  })

  it.each(['before', 'after'])('says that it is near its own end, %s it is taken', (when) => {
    const { ahead, asked } = begun()
    const ends: PreviousBatch[] = []
    const nearEnd = () => asked[0]?.onNearEnd?.({ ...before.name, to: 200 })
    if (when === 'before') nearEnd()
    expect(ends).toEqual([])
    ahead.take((name) => ends.push(name))
    if (when === 'after') nearEnd()
    expect(ends).toEqual([{ ...before.name, to: 200 }])
  })

  it.each([
    ['after the last SKU', { ...before.name, to: END }, 500],
    ["of Centra's pages", { ...before.name, source: 'centra' as const }, 500],
    ['at the end of a run', before.name, 0],
  ])('reads nothing %s', (_, of, msLeft) => {
    const { ahead, asked } = begun(of, msLeft)
    expect([ahead.isBegun, asked]).toEqual([false, []])
  })
})
