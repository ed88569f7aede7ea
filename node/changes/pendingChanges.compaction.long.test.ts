import { saveGroup } from '../../tests/changes'
import { memory } from '../../tests/documents'
import { type Documents, StateError } from '../state/documents'
import { changeIndexOf } from './changeIndex'
import type { ChangesIo } from './changeLog'
import {
  acknowledge,
  compactChanges,
  MOST_TAKEN,
  skusChangedSince,
  takePending,
  UnverifiedIds,
} from './pendingChanges'

const NOW = Date.UTC(2026, 10, 21, 12, 30)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Every SKU was reported by VTEX. */
const vouched = { unverified: new Set<number>(), unknown: new Set<number>() }

/** Documents in memory, whose calls are counted and take time: 50 ms each, 16 at a time. */
function world() {
  const calls = { list: 0, read: 0, save: 0, remove: 0 }
  const clock = { at: NOW, diesAt: Number.POSITIVE_INFINITY }
  const files = memory()
  const counted =
    <Args extends unknown[], T>(name: keyof typeof calls, call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      calls[name]++
      clock.at += 50 / 16
      if (clock.at > clock.diesAt) throw new StateError('killed')
      return call(...args)
    }
  const documents: Documents = {
    ...files,
    list: counted('list', files.list),
    read: counted('read', files.read),
    save: counted('save', files.save),
    remove: counted('remove', files.remove),
  }
  let uniqueIds = 0
  const io: ChangesIo = {
    documents,
    clock: {
      now: () => Math.floor(clock.at),
      uniqueId: () => `n${++uniqueIds}`,
      sleep: async (ms) => {
        clock.at += ms
      },
    },
  }
  const reset = () => Object.assign(calls, { list: 0, read: 0, save: 0, remove: 0 })
  const total = () => calls.list + calls.read + calls.save + calls.remove
  const report = (at: number, stock: number[], modified: number[] = []) =>
    saveGroup(files, at, `n${++uniqueIds}`, { stock, modified })
  const names = (folder: 'pending' | 'changes') => files.list(folder)
  return { io, clock, calls, files, reset, total, report, names }
}

async function taken(io: ChangesIo, startedAt = io.clock.now()) {
  const paths: string[] = []
  const skuIds: number[] = []
  for await (const { changes, path } of takePending(io, startedAt)) {
    paths.push(path)
    skuIds.push(...changes.map(({ skuId }) => skuId))
  }
  return { paths, skuIds }
}

/** Updates one after the other: what was taken is kept, as a plan is. */
class Updates {
  readonly exported = new Set<number>()
  private plan: { paths: string[]; skuIds: number[]; startedAt: number } | undefined

  constructor(private readonly io: ChangesIo) {}

  /** Until nothing is pending. @throws {StateError} where the worker is killed */
  async run(): Promise<void> {
    for (;;) {
      const startedAt = this.io.clock.now()
      this.plan ??= { ...(await taken(this.io)), startedAt }
      const { paths, skuIds, startedAt: at } = this.plan
      expect(paths.length).toBeLessThanOrEqual(MOST_TAKEN)
      const failed = new Set<number>()
      await acknowledge(this.io, { exportId: `e${at}`, paths, failed, ...vouched, startedAt: at })
      for (const skuId of skuIds) this.exported.add(skuId)
      this.plan = undefined
      if (paths.length === 0) return
    }
  }
}

async function changedSince(io: ChangesIo, from: number) {
  const found = new Set<number>()
  for await (const ids of skusChangedSince(io, from, new UnverifiedIds()))
    for (const id of ids) found.add(id)
  return [...found].sort((a, b) => a - b)
}

describe('compactChanges', () => {
  it('leaves few documents for a change index after 30 days of updates every five minutes', async () => {
    const { io, clock, report, reset, calls, total, names } = world()
    const begin = NOW - 30 * DAY
    let updates = 0
    for (let at = begin; at < NOW; at += 5 * MINUTE) {
      clock.at = at
      const skuId = updates++ % 2_000
      await report(at - MINUTE, [skuId], skuId % 4 === 0 ? [skuId + 1] : [])
      const { paths } = await taken(io)
      await acknowledge(io, {
        exportId: `e${at}`,
        paths,
        failed: new Set(),
        ...vouched,
        startedAt: at,
      })
      if (updates % 12 === 0) while (await compactChanges(io));
    }
    clock.at = NOW
    reset()
    const index = await changeIndexOf(io)()
    expect(index.changedAt((updates - 1) % 2_000)).toBeGreaterThan(NOW - 10 * MINUTE)
    expect(calls.read).toBeLessThanOrEqual(9 + 13)
    expect(total()).toBeLessThanOrEqual(40)
    expect((await names('changes')).length).toBeLessThanOrEqual(31 + 13)
    expect((await changedSince(io, begin)).length).toBe(2_000)
  }, 600_000)

  it('merges pending changes that no update takes, in bounded steps, and loses none', async () => {
    const { io, calls, report, reset, names } = world()
    for (let group = 0; group < 12_000; group++) {
      await report(NOW - DAY + group, [group], group % 2 ? [] : [20_000 + group])
    }
    await report(NOW - MINUTE, [99_999])
    for (let more = true; more; ) {
      reset()
      more = await compactChanges(io)
      expect(calls.read).toBeLessThanOrEqual(2_000)
      expect(calls.remove).toBeLessThanOrEqual(2_000)
    }
    // 18,000 SKUs at 5,000 a document, each at least half full but one; and what is young.
    expect((await names('pending')).length).toBeLessThanOrEqual(9)
    const { skuIds } = await taken(io)
    expect(new Set(skuIds).size).toBe(18_001)
    reset()
    expect(await compactChanges(io)).toBe(false)
    expect([calls.read, calls.save, calls.remove]).toEqual([0, 0, 0])
  })

  it('keeps changes of different times apart for windows', async () => {
    const { io, report } = world()
    await report(NOW - 3 * HOUR, [1], [2])
    await report(NOW - 3 * HOUR + 10 * MINUTE, [3])
    while (await compactChanges(io));
    expect(await changedSince(io, NOW - 3 * HOUR + 5 * MINUTE)).toEqual([2, 3])
    expect(await changedSince(io, NOW - 2 * HOUR)).toEqual([])
  })
})

describe('acknowledge', () => {
  it('finishes 100,000 pending documents though every worker is killed after 45 s', async () => {
    const { io, clock, report, names, files } = world()
    for (let group = 0; group < 100_000; group++) await report(NOW - HOUR + group, [group])
    const updates = new Updates(io)
    let lives = 0
    for (; (await names('pending')).length > 0 && lives < 200; lives++) {
      // A worker that dies is replaced 15 s later.
      clock.at += 15_000
      clock.diesAt = clock.at + 30_000
      await updates.run().catch((thrown) => expect(thrown).toBeInstanceOf(StateError))
    }
    const { exported } = updates
    expect(exported.size).toBe(100_000)
    expect(await files.list('pending')).toEqual([])
    expect(lives).toBeGreaterThan(10)
  }, 600_000)

  it('retries failed SKUs ten times at most', async () => {
    const { io, clock, report, names } = world()
    await report(NOW - MINUTE, [1, 2])
    for (let attempt = 1; attempt <= 10; attempt++) {
      clock.at += MINUTE
      const startedAt = io.clock.now()
      const { paths, skuIds } = await taken(io)
      expect(new Set(skuIds)).toEqual(new Set(attempt === 1 ? [1, 2] : [1]))
      const abandoned = await acknowledge(io, {
        ...{ exportId: `e${attempt}`, paths, failed: new Set([1]), ...vouched, startedAt },
      })
      expect([...abandoned]).toEqual(attempt === 10 ? [1] : [])
    }
    expect(await names('pending')).toEqual([])
  })

  it('makes SKUs modified within the index lag be read once more after it', async () => {
    const { io, clock, report } = world()
    await report(NOW - MINUTE, [1], [2])
    await report(NOW - 20 * MINUTE, [], [3])
    const exported = async (startedAt: number) => {
      clock.at = startedAt
      const { paths, skuIds } = await taken(io)
      await acknowledge(io, {
        exportId: `e${startedAt}`,
        paths,
        failed: new Set(),
        ...vouched,
        startedAt,
      })
      return skuIds.sort()
    }
    expect(await exported(NOW)).toEqual([1, 2, 3])
    expect(await exported(NOW + 5 * MINUTE)).toEqual([])
    expect(await exported(NOW + 16 * MINUTE)).toEqual([2])
    expect(await exported(NOW + 40 * MINUTE)).toEqual([])
  })
})

describe('changeIndexOf', () => {
  it('reads known documents once, and later only new ones', async () => {
    const { io, clock, calls, report } = world()
    await report(NOW - 9 * DAY, [], [1])
    await report(NOW - HOUR, [2], [3])
    const read = changeIndexOf(io)
    const first = await read()
    expect([1, 2, 3].map(first.modifiedAt)).toEqual([0, 0, NOW - HOUR])
    expect([1, 2, 3].map(first.changedAt)).toEqual([0, NOW - HOUR, NOW - HOUR])
    expect([first.lastModified, calls.read]).toEqual([NOW - HOUR, 1])
    await read()
    expect(calls.read).toBe(1)
    clock.at = NOW + MINUTE
    await report(NOW + MINUTE, [3], [2])
    const later = await read()
    expect([2, 3].map(later.modifiedAt)).toEqual([NOW + MINUTE, NOW - HOUR])
    expect([later.changedAt(3), later.lastModified, calls.read]).toEqual([
      NOW + MINUTE,
      NOW + MINUTE,
      2,
    ])
  })

  it('counts every SKU as modified now if too many SKUs or documents are pending', async () => {
    const many = world()
    const ids = (from: number) => Array.from({ length: 5_000 }, (_, index) => from + index)
    for (let group = 0; group <= 40; group++) await many.report(NOW - HOUR, [], ids(group * 5_000))
    const small = world()
    for (let group = 0; group <= MOST_TAKEN; group++) await small.report(NOW - HOUR, [1])
    for (const { io } of [many, small]) {
      const { modifiedAt, changedAt, lastModified } = await changeIndexOf(io)()
      expect(modifiedAt(999_999)).toBeGreaterThanOrEqual(NOW)
      expect(changedAt(999_999)).toBeGreaterThanOrEqual(NOW)
      expect(lastModified).toBeGreaterThanOrEqual(NOW)
    }
    expect(small.calls.read).toBe(0)
  })
})
