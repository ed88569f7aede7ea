import * as fc from 'fast-check'
import { memory } from '../../tests/documents'
import { UpstreamError } from '../common/upstreamError'
import type { Documents } from '../state/documents'
import { ALERT_KINDS, type AlertKind, type Channel, type Due, type Problem } from './alertState'
import { listAlerts, removeOutdatedAlerts, sendAlerts } from './sendAlerts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

class Killed extends Error {}

/** A process that is killed before or after one of its calls: the call may have had its effect. */
class Process {
  constructor(private awaits: number) {}

  async call<T>(action: () => Promise<T>): Promise<T> {
    if (this.awaits-- <= 0) throw new Killed()
    const result = await action()
    if (this.awaits-- <= 0) throw new Killed()
    return result
  }

  get isDead() {
    return this.awaits <= 0
  }
}

type Told = Pick<Due, 'kind' | 'state' | 'since'>

interface Message extends Told {
  at: number
}

/** An account with alerts, whose looks may be killed and whose channels may fail. */
class World {
  now = Date.UTC(2026, 10, 27)
  readonly received: Record<Channel, Message[]> = { mail: [], webhook: [] }
  readonly documents = memory()
  /** How often the app could not know whether a message arrived. */
  unsure = 0
  /** How often a channel took no message: the end of a problem may be missing before its next begin. */
  refused = 0
  private ids = 0
  /** When each open kind began. */
  private begins = new Map<AlertKind, number>()

  constructor(private readonly isDown: (channel: Channel) => 'no' | 'before' | 'after') {}

  /** One look; resolves when it is over, or its process dead. */
  async look(open: readonly AlertKind[], awaits = Number.POSITIVE_INFINITY): Promise<void> {
    const process = new Process(awaits)
    const { documents } = this
    const mortal: Documents = {
      ...documents,
      save: (...args) => process.call(() => documents.save(...args)),
      list: (...args) => process.call(() => documents.list(...args)),
      remove: (...args) => process.call(() => documents.remove(...args)),
    }
    const send = (channel: Channel) => async (due: readonly Told[]) => {
      const down = this.isDown(channel)
      if (down === 'before') {
        this.refused++
        throw new UpstreamError('VTEX', 'down', 'status 503', 503)
      }
      await process.call(async () => {
        for (const { kind, state, since } of due)
          this.received[channel].push({ at: this.now, kind, state, since })
      })
      if (down === 'after') {
        this.unsure++
        throw new Error('no response')
      }
    }
    this.begins = new Map(open.map((kind) => [kind, this.begins.get(kind) ?? this.now]))
    const problems = [...this.begins].map(
      ([kind, since]): Problem => ({ kind, since, message: 'm', action: 'a' })
    )
    const tools = {
      documents: mortal,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      now: () => this.now,
      uniqueId: () => `u${++this.ids}`,
      senders: { mail: send('mail'), webhook: send('webhook') },
    }
    await sendAlerts(problems, tools).catch((thrown: unknown) => {
      if (!(thrown instanceof Killed)) throw thrown
    })
    if (process.isDead) this.unsure++
  }

  of(channel: Channel, kind: AlertKind) {
    return this.received[channel].filter((each) => each.kind === kind)
  }
}

const step = fc.record({
  minutes: fc.oneof(
    { weight: 15, arbitrary: fc.integer({ min: 1, max: 45 }) },
    { weight: 1, arbitrary: fc.constant(25 * 60) }
  ),
  toggled: fc.subarray([...ALERT_KINDS], { maxLength: 2 }),
  awaits: fc.oneof(
    { weight: 3, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 }) }
  ),
  down: fc.constantFrom('no', 'no', 'no', 'before', 'after'),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Plays a history, then four looks without faults, after any wait; returns the kinds that are open at its end. */
async function play(steps: readonly Step[]) {
  let down: 'no' | 'before' | 'after' = 'no'
  const world = new World(() => down)
  let open: AlertKind[] = []
  for (const { minutes, toggled, awaits, down: next } of steps) {
    world.now += minutes * MINUTE
    if (minutes * MINUTE > 24 * HOUR) await removeOutdatedAlerts(world.documents, world.now)
    open = ALERT_KINDS.filter((kind) => open.includes(kind) !== toggled.includes(kind))
    down = next as typeof down
    await world.look(open, awaits)
  }
  down = 'no'
  for (let look = 0; look < 4; look++) {
    world.now += HOUR + MINUTE
    await world.look(open)
  }
  return { world, open }
}

const pairs = (messages: readonly Message[]) =>
  messages.slice(1).flatMap((next, place) => {
    const one = messages[place]
    return one ? [[one, next] as const] : []
  })

/** An end may follow an end only if each ends a problem of its own: the begin of the later one was refused. */
const isDoubled = ([one, next]: readonly [Message, Message]) =>
  one.state === next.state && (next.state === 'begun' || one.since === next.since)

const channels = ['mail', 'webhook'] as const

/** The most pairs of one kind: a killed process may hold messages of every kind, so each kind counts for itself. */
const most = (world: World, channel: Channel, is: (pair: readonly [Message, Message]) => boolean) =>
  Math.max(...ALERT_KINDS.map((kind) => pairs(world.of(channel, kind)).filter(is).length))

async function expectEachTold(steps: readonly Step[]) {
  const { world, open } = await play(steps)
  for (const channel of channels) {
    const told = ALERT_KINDS.filter((kind) => world.of(channel, kind).at(-1)?.state === 'begun')
    expect(told).toEqual(open)
    const doubled = most(world, channel, isDoubled)
    expect(doubled).toBeLessThanOrEqual(world.unsure + world.refused)
    const early = most(world, channel, ([one, next]) => next.at - one.at < HOUR)
    expect(early).toBeLessThanOrEqual(world.unsure)
  }
}

describe('sendAlerts', () => {
  it('tells each begin and each end once, hourly at most, and doubles no more than a kill or a failed message allows', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), expectEachTold), {
      numRuns: Number(process.env.PROPERTY_RUNS ?? 300),
      ...(process.env.PROPERTY_SEED && { seed: Number(process.env.PROPERTY_SEED) }),
    })
  })

  it('tells the end of a second problem whose begin was refused, which is no doubled end', async () => {
    let down: 'no' | 'before' = 'no'
    const world = new World((channel) => (channel === 'mail' ? down : 'no'))
    const look = async (minutes: number, open: readonly AlertKind[]) => {
      world.now += minutes * MINUTE
      await world.look(open)
      return world.now
    }
    const first = await look(0, ['files_waiting'])
    await look(61, [])
    const second = await look(23, ['files_waiting'])
    down = 'before'
    await look(38, ['files_waiting'])
    down = 'no'
    await look(1, [])
    await look(61, [])
    expect(world.received.mail).toMatchObject([
      { state: 'begun', since: first },
      { state: 'over', since: first },
      { state: 'over', since: second },
    ])
    expect(world.of('webhook', 'files_waiting').map(({ state }) => state)).toEqual([
      ...['begun', 'over', 'begun', 'over'],
    ])
  })

  it('doubles nothing while two processes look at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.subarray([...ALERT_KINDS]), { maxLength: 20 }),
        async (history) => {
          const world = new World(() => 'no')
          for (const open of history) {
            world.now += 61 * MINUTE
            await Promise.all([world.look(open), world.look(open)])
            world.now += MINUTE
            await world.look(open)
          }
          for (const channel of channels) {
            for (const kind of ALERT_KINDS) {
              const doubled = pairs(world.of(channel, kind)).filter(
                ([one, next]) => one.state === next.state
              )
              expect(doubled).toEqual([])
            }
          }
          const last = history.at(-1) ?? []
          const told = ALERT_KINDS.filter(
            (kind) => world.of('mail', kind).at(-1)?.state === 'begun'
          )
          expect(told).toEqual(ALERT_KINDS.filter((kind) => last.includes(kind)))
        }
      ),
      { numRuns: 100 }
    )
  })

  it('decides alike once outdated documents are removed, of which few are left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { world, open } = await play(steps)
        world.now += 25 * HOUR
        await removeOutdatedAlerts(world.documents, world.now)
        expect((await listAlerts(world.documents)).length).toBeLessThanOrEqual(20)
        const before = world.received.mail.length
        await world.look(open)
        expect(world.received.mail).toHaveLength(before)
      }),
      { numRuns: 50 }
    )
  })
})
