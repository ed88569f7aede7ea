import * as fc from 'fast-check'
import { memory } from '../../tests/documents'
import { UpstreamError } from '../common/upstreamError'
import type { Documents } from '../state/documents'
import { ALERT_KINDS, type AlertKind, type Channel, type Problem } from './alertState'
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

interface Message {
  at: number
  kind: AlertKind
  state: 'begun' | 'over'
}

/** An account with alerts, whose looks may be killed and whose channels may fail. */
class World {
  now = Date.UTC(2026, 10, 27)
  readonly received: Record<Channel, Message[]> = { mail: [], webhook: [] }
  readonly documents = memory()
  /** How often the app could not know whether a message arrived. */
  unsure = 0
  private ids = 0

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
    const send =
      (channel: Channel) =>
      async (due: readonly { kind: AlertKind; state: 'begun' | 'over' }[]) => {
        const down = this.isDown(channel)
        if (down === 'before') throw new UpstreamError('VTEX', 'down', 'status 503', 503)
        await process.call(async () => {
          for (const { kind, state } of due)
            this.received[channel].push({ at: this.now, kind, state })
        })
        if (down === 'after') {
          this.unsure++
          throw new Error('no response')
        }
      }
    const problems = open.map(
      (kind): Problem => ({ kind, since: this.now, message: 'm', action: 'a' })
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
  minutes: fc.integer({ min: 1, max: 45 }),
  toggled: fc.subarray([...ALERT_KINDS], { maxLength: 2 }),
  awaits: fc.oneof(
    { weight: 3, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 }) }
  ),
  down: fc.constantFrom('no', 'no', 'no', 'before', 'after'),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Plays a history, then a quiet day without faults; returns the kinds that are open at its end. */
async function play(steps: readonly Step[]) {
  let down: 'no' | 'before' | 'after' = 'no'
  const world = new World(() => down)
  let open: AlertKind[] = []
  for (const { minutes, toggled, awaits, down: next } of steps) {
    world.now += minutes * MINUTE
    open = ALERT_KINDS.filter((kind) => open.includes(kind) !== toggled.includes(kind))
    down = next as typeof down
    await world.look(open, awaits)
  }
  down = 'no'
  for (let minute = 0; minute < 180; minute += 5) {
    world.now += 5 * MINUTE
    await world.look(open)
  }
  return { world, open }
}

const pairs = (messages: readonly Message[]) =>
  messages.slice(1).map((message, place) => [messages[place], message] as const)

const channels = ['mail', 'webhook'] as const

describe('sendAlerts', () => {
  it('tells each begin and each end once, hourly at most, and doubles no more than a kill or a lost response allows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { world, open } = await play(steps)
        for (const channel of channels) {
          let doubled = 0
          let early = 0
          for (const kind of ALERT_KINDS) {
            const messages = world.of(channel, kind)
            const all = pairs(messages)
            // One killed process may hold messages of every kind, so each kind counts for itself.
            doubled = Math.max(
              doubled,
              all.filter(([one, next]) => one?.state === next.state).length
            )
            early = Math.max(
              early,
              all.filter(([one, next]) => next.at - (one?.at ?? 0) < HOUR).length
            )
            const last = messages.at(-1)?.state ?? 'over'
            expect([kind, last]).toEqual([kind, open.includes(kind) ? 'begun' : 'over'])
          }
          expect(doubled).toBeLessThanOrEqual(world.unsure)
          expect(early).toBeLessThanOrEqual(world.unsure)
        }
      }),
      { numRuns: 300 }
    )
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
                ([one, next]) => one?.state === next.state
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
