import fc from 'fast-check'
import { saveGroup } from '../../tests/changes'
import { nobody } from '../../tests/engine/courier'
import { type Actor, Scheduler } from '../../tests/engine/scheduler'
import { ModelVBase } from '../../tests/engine/vbase'
import { INDEX_LAG_MS } from '../common/freshness'
import { type ChangesIo, changesSince } from './changeLog'
import { type Acknowledged, acknowledge, compactChanges, takePending } from './pendingChanges'

const HOUR_MS = 3_600_000
const SKUS = 6

interface Saved {
  skuId: number
  at: number
  modified: boolean
  /** From when on every listing shows it. */
  visibleAt: number
}

/** An update that exported what it took, but for what failed. */
interface Exported {
  startedAt: number
  takenAt: number
  skuIds: ReadonlySet<number>
}

/** Processes that report, read, export and compact changes, over a VBase that is behind. */
class World {
  readonly scheduler: Scheduler
  readonly saved: Saved[] = []
  private readonly exported: Exported[] = []
  private readonly acknowledged: Acknowledged[] = []
  /** What a reader had to find and did not. */
  readonly missed: string[] = []
  private readonly vbase: ModelVBase
  private names = 0

  constructor(
    private readonly staleMs: number,
    stepMs: number,
    seed: number
  ) {
    this.scheduler = new Scheduler(stepMs)
    let state = seed
    const random = () => {
      state = (state * 48_271 + 11) % 2_147_483_647
      return state / 2_147_483_647
    }
    this.vbase = new ModelVBase(this.scheduler, {
      ...{ honoursIfMatch: true, staleMs, leaseLost: 0, random },
    })
  }

  report(choice: number) {
    const [one, other] = [1 + (choice % SKUS), 1 + ((choice >> 3) % SKUS)]
    const modified = choice % 3 === 0
    const at = this.scheduler.now
    const group = { stock: [one], modified: modified ? [other] : [] }
    const { documents } = this.process()
    void saveGroup(documents, at, `n${++this.names}`, group).then(() => {
      const visibleAt = this.scheduler.now + this.staleMs
      this.saved.push({ skuId: one, at, modified: false, visibleAt })
      if (modified) this.saved.push({ skuId: other, at, modified, visibleAt })
    })
  }

  /** Reads a window over all there is. */
  read() {
    const io = this.process()
    const from = this.scheduler.now - 240 * HOUR_MS
    const due = this.saved.filter(({ visibleAt }) => visibleAt < this.scheduler.now)
    const find = async () => {
      const found = new Map<number, number>()
      for await (const changes of changesSince(io, { changed: from, modified: from })) {
        for (const { skuId, at } of changes) found.set(skuId, Math.max(at, found.get(skuId) ?? 0))
      }
      for (const { skuId, at } of due) {
        if ((found.get(skuId) ?? 0) < at) this.missed.push(`SKU ${skuId} at ${at}`)
      }
    }
    void find()
  }

  update(choice: number) {
    const io = this.process()
    const run = async () => {
      const startedAt = this.scheduler.now
      const paths: string[] = []
      const skuIds = new Set<number>()
      for await (const taken of takePending(io, startedAt)) {
        paths.push(taken.path)
        for (const { skuId } of taken.changes) skuIds.add(skuId)
      }
      const takenAt = this.scheduler.now
      const failed = new Set([...skuIds].filter((skuId) => choice % 5 === 1 && skuId % 2 === 0))
      await io.clock.sleep(choice * 10)
      const vouched = { unverified: new Set<number>(), unknown: new Set<number>() }
      const exportId = `e${++this.names}`
      const update = { exportId, paths, failed, ...vouched, startedAt }
      this.acknowledged.push(update)
      const read = [...skuIds].filter((skuId) => !failed.has(skuId))
      this.exported.push({ startedAt, takenAt, skuIds: new Set(read) })
      await acknowledge(io, update)
    }
    void run()
  }

  /** A successor of an update that may have died, or a second worker. */
  again(choice: number) {
    const update = this.acknowledged[choice % Math.max(1, this.acknowledged.length)]
    if (update) void acknowledge(this.process(), update)
  }

  compact() {
    void compactChanges(this.process())
  }

  strike(choice: number, how: 'kill' | 'freeze') {
    const { actors, now } = this.scheduler
    const actor = actors[choice % Math.max(1, actors.length)]
    if (!actor || actor === nobody) return
    if (how === 'kill') actor.alive = false
    else actor.frozenUntil = now + choice * 30
  }

  async calmDown() {
    while (await this.scheduler.takeOne(0));
  }

  /** Changes that no update exported as they are now. */
  get unexported(): Saved[] {
    return this.saved.filter(
      ({ skuId, at, modified }) =>
        !this.exported.some(
          ({ startedAt, takenAt, skuIds }) =>
            skuIds.has(skuId) && (modified ? startedAt >= at + INDEX_LAG_MS : takenAt >= at)
        )
    )
  }

  get pending(): string[] {
    return this.vbase.names('pending')
  }

  private process(): ChangesIo {
    const { scheduler } = this
    const actor: Actor = { alive: true, frozenUntil: 0, skew: 0 }
    return {
      documents: this.vbase.as(actor),
      clock: {
        now: () => scheduler.now,
        uniqueId: () => `n${++this.names}`,
        sleep: (ms) => scheduler.step(actor, 'sleep', () => undefined, scheduler.now + ms),
      },
    }
  }
}

const happening = fc.record({
  what: fc.oneof(
    { weight: 60, arbitrary: fc.constant('step' as const) },
    { weight: 10, arbitrary: fc.constant('report' as const) },
    { weight: 3, arbitrary: fc.constant('read' as const) },
    { weight: 3, arbitrary: fc.constant('update' as const) },
    { weight: 1, arbitrary: fc.constant('again' as const) },
    { weight: 4, arbitrary: fc.constant('compact' as const) },
    { weight: 2, arbitrary: fc.constant('kill' as const) },
    { weight: 2, arbitrary: fc.constant('freeze' as const) },
    { weight: 2, arbitrary: fc.constant('later' as const) }
  ),
  choice: fc.nat(999),
})

const histories = fc.record({
  staleMs: fc.constantFrom(0, 100, 1_000),
  stepMs: fc.constantFrom(3, 20, 150),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  happenings: fc.array(happening, { maxLength: 400, size: 'max' }),
})

type History = typeof histories extends fc.Arbitrary<infer T> ? T : never

async function live({ staleMs, stepMs, seed, happenings }: History) {
  const world = new World(staleMs, stepMs, seed)
  for (const { what, choice } of happenings) {
    if (what === 'step') await world.scheduler.takeOne(choice)
    else if (what === 'kill' || what === 'freeze') world.strike(choice, what)
    else if (what === 'later') world.scheduler.now += 2 * HOUR_MS
    else world[what](choice)
  }
  await world.calmDown()
  return world
}

const RUNS = {
  numRuns: 3 * Number(process.env.PROPERTY_RUNS ?? 50),
  ...(process.env.PROPERTY_SEED && {
    seed: Number(process.env.PROPERTY_SEED),
    path: process.env.PROPERTY_PATH ?? '',
  }),
}

describe('moving changes while processes die', () => {
  it('shows each change to every reader that began after it was saved', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const world = await live(history)
        world.scheduler.now += 2 * HOUR_MS
        world.read()
        await world.calmDown()
        expect(world.missed).toEqual([])
      }),
      RUNS
    )
  }, 600_000)

  const steps = (...choices: number[]) =>
    choices.map((choice) => ({ what: 'step', choice }) as const)
  const quick = { staleMs: 0, stepMs: 3, seed: 1 }
  /** An update began before a SKU was modified, and took the change all the same. */
  const takenLate: History = {
    ...quick,
    happenings: [
      ...(['update', 'later', 'report'] as const).map((what) => ({ what, choice: 0 })),
      // First the report is saved, then the update goes on to its end.
      ...steps(1, ...Array<number>(15).fill(0)),
      { what: 'update', choice: 0 },
    ],
  }
  /** An update dies when some of the documents that it took are removed, and others are not. */
  const halfRemoved: History = {
    ...quick,
    happenings: [
      ...[1, 0, 0].map((choice) => ({ what: 'report', choice }) as const),
      ...steps(0, 0, 0),
      { what: 'update', choice: 0 },
      ...steps(...Array<number>(13).fill(0)),
      { what: 'kill', choice: 0 },
    ],
  }

  it('lets updates export each change as VTEX’s index finally shows it', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const world = await live(history)
        for (let count = 0; count < 3; count++) {
          world.scheduler.now += INDEX_LAG_MS + 1_000
          world.update(0)
          await world.calmDown()
        }
        expect(world.unexported).toEqual([])
        expect(world.pending).toEqual([])
      }),
      { ...RUNS, examples: [[takenLate], [halfRemoved]] }
    )
  }, 600_000)
})
