import type { Clock } from '../exports/clock'
import type { Documents } from './documents'
import { Lease } from './lease'

/** A VBase that holds the lease, as it is or, for a while, as it was. */
class Shelf implements Pick<Documents, 'save' | 'read' | 'readTagged' | 'saveOver'> {
  versions: unknown[] = []
  /** How many versions reads are behind. */
  behind = 0
  /** What the next reads show, instead. */
  glimpses: unknown[] = []
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
    return { document: this.now, tag: String(this.versions.length) }
  }

  async saveOver(folder: string, name: string, document: unknown, tag?: string) {
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

  every(_ms: number, action: () => void) {
    this.timers.push(action)
    return () => {
      this.timers = this.timers.filter((timer) => timer !== action)
    }
  }

  nonce() {
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
  const take = (event: string) => Lease.take(documents, clock, event)
  const wait = (event: string, patience: number) => Lease.await(documents, clock, event, patience)
  return { shelf, clock, take, wait, documents }
}

async function taken(lease: Promise<Lease | undefined>): Promise<Lease> {
  const held = await lease
  if (!held) throw new Error('the lease was not to be had')
  return held
}

describe('the lease', () => {
  it('is had by whoever comes first', async () => {
    const { take } = setUp()
    const lease = await taken(take('e1'))
    expect([await lease.isMine(), lease.afterDeath, lease.legacy.highWater]).toEqual([
      true,
      false,
      0,
    ])
    expect(await take('e2')).toBeUndefined()
  })

  it('is free once it was given back, and tells the next what was delivered', async () => {
    const { clock, take } = setUp()
    await (await taken(take('e1'))).release({ highWater: 77, slice: 500, recent: ['a', 'b'] })
    const next = await taken(take('e2'))
    expect([next.legacy, next.afterDeath, clock.timers.length]).toEqual([
      { highWater: 77, slice: 500, recent: ['a', 'b'] },
      false,
      1,
    ])
  })

  it('that was given back was not left behind by a death, the same event or not', async () => {
    const { take } = setUp()
    await (await taken(take('e1'))).release({ highWater: 0 })
    expect((await taken(take('e1'))).afterDeath).toBe(false)
  })

  it('is had for as long as it is renewed, and runs out two and a half seconds later', async () => {
    const { clock, take } = setUp()
    await taken(take('e1'))
    for (let second = 0; second < 60; second++) {
      clock.time += 1_000
      await clock.tick()
    }
    clock.time += 2_499
    expect(await take('e2')).toBeUndefined()
    clock.time += 1
    expect(await taken(take('e2'))).toMatchObject({ afterDeath: true })
  })

  it('is had by the last of several to write it, though that one sees a rival at first', async () => {
    const { shelf, take } = setUp()
    const rival = { v: 1, owner: 'rival', event: 'e', renewedAt: 0, until: 0, highWater: 0 }
    shelf.glimpses = [rival]
    expect(await taken(take('e1'))).toBeDefined()
    shelf.versions = []
    shelf.glimpses = [rival, rival]
    expect(await take('e2')).toBeUndefined()
  })

  it('passes on at once, with the same event, where its worker has fallen silent', async () => {
    const { clock, take } = setUp()
    await taken(take('e1'))
    expect(await take('e1')).toBeUndefined()
    clock.time += 2_000
    expect(await take('e2')).toBeUndefined()
    expect(await taken(take('e1'))).toMatchObject({ afterDeath: true })
  })

  it('is had by whoever waits for it, once it runs out, or not at all', async () => {
    const { clock, take, wait } = setUp()
    await taken(take('e1'))
    const before = clock.time
    expect(await wait('e2', 2_000)).toBeUndefined()
    expect(await taken(wait('e3', 8_000))).toMatchObject({ afterDeath: true })
    expect(clock.time - before).toBeLessThan(6_000)
  })

  it('does not pass on with the same event while its worker is alive', async () => {
    const { clock, take } = setUp()
    await taken(take('e1'))
    for (let second = 0; second < 5; second++) {
      clock.time += 1_000
      await clock.tick()
    }
    expect(await take('e1')).toBeUndefined()
  })

  it('that another has taken is lost for good, and not renewed', async () => {
    const { shelf, clock, take } = setUp()
    const frozen = await taken(take('e1'))
    clock.time += 20_000
    const other = await taken(take('e2'))
    expect([await frozen.isMine(), await other.isMine()]).toEqual([false, true])
    shelf.versions = shelf.versions.slice(0, 1)
    expect(await frozen.isMine()).toBe(false)
    await clock.tick()
    await frozen.release({ highWater: 5 })
    expect(shelf.now).toMatchObject({ owner: other.owner })
  })

  it('is still mine where a stale read shows the worker before, or nobody', async () => {
    const { shelf, clock, take } = setUp()
    await (await taken(take('e1'))).release({ highWater: 0 })
    const lease = await taken(take('e2'))
    for (shelf.behind = 1; shelf.behind < 5; shelf.behind++) {
      expect(await lease.isMine()).toBe(true)
    }
    await clock.tick()
    expect(shelf.now).toMatchObject({ owner: lease.owner, event: 'e2' })
  })

  it('is not had by the second of two who found it free together', async () => {
    const { shelf, take } = setUp()
    // A stale read would let both believe to have it.
    shelf.behind = 1
    const answers = await Promise.all([take('e1'), take('e2')])
    expect(answers.filter((lease) => lease !== undefined)).toHaveLength(1)
    expect(shelf.versions).toHaveLength(1)
  })

  it('is given back after a renewal under way, which would take it again', async () => {
    const { shelf, clock, take } = setUp()
    const lease = await taken(take('e1'))
    shelf.slowSaves = 1
    for (const timer of clock.timers) timer()
    await lease.release({ highWater: 9 })
    await clock.tick()
    expect(shelf.now).toMatchObject({ until: 0, highWater: 9 })
  })

  it('is seen to be renewed by whoever waits with another event, and only while its worker lives', async () => {
    const { clock, take, documents } = setUp()
    const lease = await taken(take('e1'))
    const isRenewed = (event: string) => Lease.isRenewed(documents, clock, event)
    expect(await isRenewed('e2')).toBe(false)
    const sleep = clock.sleep.bind(clock)
    clock.sleep = async (ms) => {
      await sleep(ms)
      await clock.tick()
    }
    expect(await isRenewed('e2')).toBe(true)
    // Its own event is not to be acknowledged by another.
    expect(await isRenewed('e1')).toBe(false)
    clock.sleep = async (ms) => {
      await sleep(ms)
      await lease.release({ highWater: 0 })
    }
    expect(await isRenewed('e2')).toBe(false)
  })

  it('is for the event of the worker that has it', async () => {
    const { take, documents } = setUp()
    expect(await Lease.isFor(documents, 'e1')).toBe(false)
    const lease = await taken(take('e1'))
    const are = () => Promise.all(['e1', 'e2'].map((event) => Lease.isFor(documents, event)))
    expect(await are()).toEqual([true, false])
    await lease.release({ highWater: 0 })
    expect(await are()).toEqual([false, false])
  })

  it('is quiet five seconds after it was last taken, renewed or given back', async () => {
    const { clock, take, documents } = setUp()
    const isQuiet = () => Lease.isQuiet(documents, clock.now())
    expect(await isQuiet()).toBe(true)
    const lease = await taken(take('e1'))
    clock.time += 4_000
    expect(await isQuiet()).toBe(false)
    await clock.tick()
    clock.time += 4_000
    await lease.release({ highWater: 0 })
    expect(await isQuiet()).toBe(false)
    clock.time += 5_001
    expect(await isQuiet()).toBe(true)
  })

  it('of another version, or unreadable, is free', async () => {
    const { shelf, take } = setUp()
    shelf.versions = [{ v: 2, owner: 'x', until: Number.MAX_SAFE_INTEGER }]
    await taken(take('e1'))
  })
})
