import type { Clock } from '../common/clock'
import { type Documents, StateError } from './documents'
import { Lease } from './lease'

/** A VBase that holds the lease, as it is or, for a while, as it was. */
class Shelf implements Pick<Documents, 'save' | 'read' | 'readTagged' | 'saveOver'> {
  versions: unknown[] = []
  /** How many versions reads are behind. */
  behind = 0
  /** What the next reads show, instead. */
  glimpses: unknown[] = []
  /** What the next reads with a tag show, instead. */
  tagged: unknown[] = []
  /** How many of the next writes over another are refused. */
  refusals = 0
  /** How many of the next saves take their time. */
  slowSaves = 0

  get now(): unknown {
    return this.versions[this.versions.length - 1] ?? null
  }

  async save(_folder: string, _name: string, document: unknown) {
    if (this.slowSaves-- > 0) await new Promise(setImmediate)
    this.versions.push(document)
  }

  async read() {
    if (this.glimpses.length > 0) return this.glimpses.shift()
    return this.versions[this.versions.length - 1 - this.behind] ?? null
  }

  async readTagged() {
    return { document: this.tagged.shift() ?? this.now, tag: String(this.versions.length) }
  }

  async saveOver(folder: string, name: string, document: unknown, tag?: string) {
    if (this.refusals-- > 0) return false
    if (tag !== String(this.versions.length)) return false
    await this.save(folder, name, document)
    return true
  }
}

class TestClock implements Clock {
  time = Date.UTC(2026, 10, 21, 20)
  timers: Array<() => void> = []
  private words = 0

  now() {
    return this.time
  }

  async sleep(ms: number) {
    this.time += ms
  }

  readonly every = jest.fn((_ms: number, action: () => void) => {
    this.timers.push(action)
    return () => {
      this.timers = this.timers.filter((timer) => timer !== action)
    }
  })

  renewsAsItSleeps() {
    this.sleep = async (ms) => {
      this.time += ms
      await this.tick()
    }
  }

  uniqueId() {
    return `worker${++this.words}`
  }

  /** The workers that are alive renew. */
  async tick() {
    for (const timer of this.timers) timer()
    await new Promise(setImmediate)
  }
}

function setUp() {
  const shelf = new Shelf()
  const clock = new TestClock()
  const unused = () => Promise.reject(new Error('not used by the lease'))
  const documents: Documents = {
    save: (...given) => shelf.save(...given),
    read: () => shelf.read(),
    readTagged: () => shelf.readTagged(),
    saveOver: (...given) => shelf.saveOver(...given),
    list: unused,
    remove: unused,
  }
  const take = (event: string) => Lease.await(documents, clock, event)
  return { shelf, clock, take, documents }
}

async function taken(taking: ReturnType<typeof Lease.await>): Promise<Lease> {
  const lease = await taking
  if (typeof lease === 'string') throw new Error(`the lease was not to be had: ${lease}`)
  return lease
}

describe('Lease', () => {
  it('goes to whoever comes first', async () => {
    const { take } = setUp()
    const lease = await taken(take('e1'))
    expect([await lease.isMine(), lease.previousOwnerDied, lease.handover.highWaterMark]).toEqual([
      true,
      false,
      0,
    ])
    expect(await take('e2')).toBe('held')
  })

  it('gets free once it is released, and passes on its handover', async () => {
    const { clock, take } = setUp()
    await (await taken(take('e1'))).release({ highWaterMark: 77, slice: 500, recent: ['a', 'b'] })
    const next = await taken(take('e2'))
    expect([next.handover, next.previousOwnerDied, clock.timers.length]).toEqual([
      { highWaterMark: 77, slice: 500, recent: ['a', 'b'] },
      false,
      1,
    ])
  })

  it('reports no death after a release, for any event', async () => {
    const { take } = setUp()
    await (await taken(take('e1'))).release({ highWaterMark: 0 })
    expect((await taken(take('e1'))).previousOwnerDied).toBe(false)
  })

  it('lasts as long as it is renewed every five seconds', async () => {
    const { clock, take } = setUp()
    await taken(take('e1'))
    expect(clock.every).toHaveBeenCalledWith(5_000, expect.any(Function))
    for (let renewals = 0; renewals < 12; renewals++) {
      clock.time += 5_000
      await clock.tick()
    }
    clock.time += 13_999
    // It looks twice.
    expect(await take('e2')).toBe('held')
    expect(await taken(take('e2'))).toMatchObject({ previousOwnerDied: true })
  })

  it('goes to the last of several writers, though it sees a other at first', async () => {
    const { shelf, take } = setUp()
    const other = { v: 1, owner: 'other', event: 'e', until: 0, highWaterMark: 0 }
    shelf.glimpses = [other]
    expect(await taken(take('e1'))).toBeDefined()
    shelf.versions = []
    shelf.glimpses = [other, other]
    shelf.tagged = [null, { ...other, until: Number.MAX_SAFE_INTEGER }]
    expect(await take('e2')).toBe('held')
  })

  it('goes to the event of a dead worker after a missed renewal', async () => {
    const { clock, take } = setUp()
    await taken(take('e1'))
    const before = clock.time
    expect(await taken(take('e1'))).toMatchObject({ previousOwnerDied: true })
    expect(clock.time - before).toBe(7_000)
  })

  it('rejects a second copy of its event, so that courier delivers it again', async () => {
    const { clock, take } = setUp()
    await taken(take('e1'))
    clock.renewsAsItSleeps()
    const before = clock.time
    expect(await take('e1')).toBe('again')
    expect(clock.time - before).toBeLessThan(18_000)
  })

  it('goes to an event that came after the release, though its first read is stale', async () => {
    const { shelf, take } = setUp()
    const lease = await taken(take('e1'))
    const held = shelf.now
    await lease.release({ highWaterMark: 0 })
    shelf.tagged = [held]
    expect(await taken(take('e2'))).toMatchObject({ previousOwnerDied: false })
  })

  it('gets waited for if it is unknown who else took it', async () => {
    const { shelf, take } = setUp()
    shelf.refusals = 1
    expect(await taken(take('e1'))).toBeDefined()
  })

  it('reads every other time it is renewed, and not when it is released straight after', async () => {
    const { shelf, clock, take } = setUp()
    const read = jest.spyOn(shelf, 'read')
    const looks = async (ms: number) => {
      read.mockClear()
      clock.time += ms
      await clock.tick()
      return read.mock.calls.length
    }
    const lease = await taken(take('e1'))
    const each = [await looks(5_000), await looks(5_000), await looks(5_000), await looks(5_000)]
    expect(each).toEqual([0, 1, 0, 1])
    read.mockClear()
    await lease.release({ highWaterMark: 0 })
    expect([read.mock.calls.length, shelf.now]).toMatchObject([0, { until: 0 }])
  })

  it('renew succeeds for only one of two workers that both believe to hold it', async () => {
    const { shelf, clock, take } = setUp()
    await taken(take('e1'))
    // It shows as free.
    shelf.tagged = [{}]
    await taken(take('e2'))
    const renewed = async () => {
      const before = shelf.versions.length
      clock.time += 5_000
      await clock.tick()
      return shelf.versions.length - before
    }
    expect([await renewed(), await renewed(), await renewed()]).toEqual([2, 1, 1])
  })

  it('stays lost once another worker took it, and is not renewed', async () => {
    const { shelf, clock, take } = setUp()
    const frozen = await taken(take('e1'))
    clock.time += 20_000
    const other = await taken(take('e2'))
    expect([await frozen.isMine(), await other.isMine()]).toEqual([false, true])
    shelf.versions = shelf.versions.slice(0, 1)
    expect(await frozen.isMine()).toBe(false)
    await clock.tick()
    await frozen.release({ highWaterMark: 5 })
    expect(shelf.now).toMatchObject({ owner: other.owner })
  })

  it('stays with its owner though a stale read shows another owner or none', async () => {
    const { shelf, clock, take } = setUp()
    await (await taken(take('e1'))).release({ highWaterMark: 0 })
    const lease = await taken(take('e2'))
    for (shelf.behind = 1; shelf.behind < 5; shelf.behind++) {
      expect(await lease.isMine()).toBe(true)
    }
    await clock.tick()
    expect(shelf.now).toMatchObject({ owner: lease.owner, event: 'e2' })
  })

  it('goes to only one of two workers that found it free together', async () => {
    const { shelf, take } = setUp()
    // A stale read would let both believe to have it.
    shelf.behind = 1
    const answers = await Promise.all([take('e1'), take('e2')])
    expect(answers.map((answer) => typeof answer)).toEqual(['object', 'string'])
    expect(shelf.versions).toHaveLength(1)
  })

  it('finishes a running renewal before its release', async () => {
    const { shelf, clock, take } = setUp()
    const lease = await taken(take('e1'))
    shelf.slowSaves = 1
    for (const timer of clock.timers) timer()
    await lease.release({ highWaterMark: 9 })
    await clock.tick()
    expect(shelf.now).toMatchObject({ until: 0, highWaterMark: 9 })
  })

  it('rejects if the release fails, so that the event comes again', async () => {
    const { shelf, take } = setUp()
    const lease = await taken(take('e1'))
    shelf.save = () => Promise.reject(new StateError('VBase is down'))
    await expect(lease.release({ highWaterMark: 0 })).rejects.toThrow('VBase is down')
  })

  it('gets released though a stale read shows an overwritten other', async () => {
    const { shelf, take } = setUp()
    const lease = await taken(take('e1'))
    shelf.glimpses = [{ v: 1, owner: 'other', event: 'e', until: 1, highWaterMark: 0 }]
    expect(await lease.isMine()).toBe(false)
    await lease.release({ highWaterMark: 3 })
    expect(shelf.now).toMatchObject({ owner: lease.owner, until: 0, highWaterMark: 3 })
  })

  it('reports held while renewed, abandoned 15 s later, and free before and after', async () => {
    const { clock, take, documents } = setUp()
    const state = () => Lease.state(documents, clock.now())
    expect(await state()).toBe('free')
    const lease = await taken(take('e1'))
    clock.time += 10_000
    await clock.tick()
    clock.time += 14_999
    expect(await state()).toBe('held')
    clock.time += 1
    expect(await state()).toBe('abandoned')
    await lease.release({ highWaterMark: 0 })
    expect(await state()).toBe('free')
  })

  it('counts as free if its document is unreadable or of another version', async () => {
    const { shelf, take } = setUp()
    shelf.versions = [{ v: 2, owner: 'x', until: Number.MAX_SAFE_INTEGER }]
    await taken(take('e1'))
  })
})
