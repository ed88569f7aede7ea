import { IcmSftp } from '../../node/delivery/icmSftp'
import { stampText } from '../../node/exports/clock'
import type { Engine, WorkEvent } from '../../node/exports/engine'
import { endedPath } from '../../node/exports/names'
import type { Report } from '../../node/exports/report'
import { work } from '../../node/exports/work'
import { accept } from '../../node/handlers/accept'
import { parseSettings } from '../../node/settings/settings'
import type { Source } from '../../node/sources/source'
import { seededRandom } from '../../sandbox/platform/random'
import { ModelIntershop } from './intershop'
import { type Actor, Scheduler } from './scheduler'
import { ModelVBase } from './vbase'

/** What a world is like, besides what happens in it. */
export interface Nature {
  seed: number
  skus: number
  honoursIfMatch: boolean
  staleMs: number
  doubledShare: number
  /** Courier may lose events, and hand one to a second worker while the first has it. */
  loses: boolean
  impatient: boolean
  leaseLost: number
  /** How many exports are asked for. */
  mostPosts: number
  /** Milliseconds that a step takes. */
  stepMs: number
  /** Between the clocks of two machines, at most. */
  skewMs: number
}

const settings = parseSettings({
  skuIdentifier: 'skuId',
  sftpHost: 'drop',
  sftpUser: 'vtex',
  sftpPassword: 'secret',
  unlimitedQuantity: 0,
})
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const MOST_REDELIVERY_MS = 10_000

/**
 * VTEX, VBase, courier and Intershop around the engine, as one model with a time of its own. A stock
 * quantity is the number of the change that set it, so it never falls: whoever sees it fall in Intershop
 * has seen an older observation overwrite a later one.
 */
export class World {
  readonly scheduler: Scheduler
  readonly vbase: ModelVBase
  readonly intershop: ModelIntershop
  readonly stock = new Map<number, number>()
  readonly accepted: string[] = []
  /** What each SKU's quantity was when the last export was accepted. */
  atLastAccept = new Map<number, number>()
  lostEvents = 0
  private queue: WorkEvent[] = []
  private readonly running = new Set<Actor>()
  private readonly random: () => number
  private changes = 0
  private posts = 0
  private names = 0

  constructor(readonly nature: Nature) {
    this.random = seededRandom(nature.seed)
    this.scheduler = new Scheduler(nature.stepMs)
    this.intershop = new ModelIntershop(this.scheduler)
    this.vbase = new ModelVBase(this.scheduler, { ...nature, random: this.random })
    for (let index = 0; index < nature.skus; index++) this.stock.set(10 + index * 3, 0)
  }

  /** Every SKU is sold or restocked: its quantity is the number of this change. */
  change() {
    this.changes++
    for (const skuId of this.stock.keys()) this.stock.set(skuId, this.changes)
  }

  /** Somebody posts an export. It is accepted once the answer went out. */
  post(route: 'export' | 'update') {
    // Each further export would make good what an earlier one did wrong.
    if (++this.posts > this.nature.mostPosts) return
    const actor = this.actor()
    const before = new Map(this.stock)
    const documents = this.vbase.as(actor)
    const now = () => this.scheduler.now
    const wake = (event: WorkEvent) => this.send(actor, event, 'first wake')
    accept(
      { documents, log: silent, wake, stir: async () => undefined, now },
      route,
      {},
      false
    ).then(
      ({ exportId }) => {
        this.accepted.push(exportId)
        this.atLastAccept = before
      },
      () => undefined
    )
  }

  /** Courier hands a waiting event to a worker. */
  deliverEvent(choice: number) {
    const [event] = this.queue.splice(choice % Math.max(1, this.queue.length), 1)
    if (!event) return
    const actor = this.actor()
    this.running.add(actor)
    const again = () => {
      this.running.delete(actor)
      this.runs.delete(actor)
      const at = this.scheduler.now + Math.round(this.random() * MOST_REDELIVERY_MS)
      this.scheduler.step(courier, 'courier', () => this.queue.push(event), at)
    }
    this.runs.set(actor, { event, again })
    work(this.engine(actor), event).then((verdict) => {
      if (verdict === 'again') again()
      else {
        this.running.delete(actor)
        this.runs.delete(actor)
      }
    }, again)
  }

  /** Courier waits no longer for a worker's answer and will hand its event to another one. */
  giveUpWaiting(choice: number) {
    if (!this.nature.impatient) return
    const run = [...this.runs.values()][choice % Math.max(1, this.runs.size)]
    if (run) this.queue.push(run.event)
  }

  /** A process dies; courier, where it had no answer from it, will deliver its event again. */
  kill(actor: Actor | undefined) {
    if (!actor || actor === courier) return
    actor.alive = false
    if (this.running.has(actor)) this.runs.get(actor)?.again()
  }

  freeze(actor: Actor | undefined, ms: number) {
    if (actor && actor !== courier) actor.frozenUntil = this.scheduler.now + ms
  }

  /** Its last step goes on its way and nobody ever learns what came of it. */
  killSoon(actor: Actor) {
    this.freeze(actor, 20_000)
    const at = this.scheduler.now + 10_000
    this.scheduler.step(courier, 'courier', () => this.kill(actor), at)
  }

  /** The next to come to the step of this name is struck. */
  trap(name: string, strike: (actor: Actor) => void) {
    this.scheduler.onStep = (actor, step) => {
      if (step !== name || actor === courier) return
      this.scheduler.onStep = () => undefined
      strike(actor)
    }
  }

  /** Anybody who has something left to do. */
  somebody(choice: number): Actor | undefined {
    const { actors } = this.scheduler
    return actors[choice % Math.max(1, actors.length)]
  }

  lose(choice: number) {
    if (!this.nature.loses) return
    this.lostEvents += this.queue.splice(choice % Math.max(1, this.queue.length), 1).length
  }

  /** The schedule, or any POST, wakes a line whose event courier lost. */
  wake() {
    this.queue.push({ v: 1, id: `wake${++this.names}` })
  }

  get isStalled() {
    return this.queue.length === 0 && this.running.size === 0
  }

  get hasEvents() {
    return this.queue.length > 0
  }

  report(exportId: string) {
    return this.vbase.document('ended', endedPath(exportId)) as Report | null
  }

  get open(): string[] {
    return this.accepted.filter((exportId) => this.report(exportId) === null)
  }

  private readonly runs = new Map<Actor, { event: WorkEvent; again: () => void }>()

  private actor(): Actor {
    return {
      alive: true,
      frozenUntil: 0,
      skew: Math.round((this.random() - 0.5) * this.nature.skewMs),
    }
  }

  private send(actor: Actor, event: WorkEvent, name: string): Promise<void> {
    return this.scheduler.step(actor, name, () => {
      this.queue.push(event)
      if (this.random() < this.nature.doubledShare) this.queue.push(event)
    })
  }

  private engine(actor: Actor): Engine {
    const { scheduler } = this
    const now = () => scheduler.now + actor.skew
    const nonce = () => `n${++this.names}`
    return {
      documents: this.vbase.as(actor),
      clock: {
        now,
        nonce,
        sleep: (ms) => scheduler.step(actor, 'sleep', () => undefined, scheduler.now + ms),
        every: (ms, action) => this.every(actor, ms, action),
      },
      log: silent,
      traffic: () => ({}),
      slices: { first: 3, afterDeath: 2, largest: 6 },
      settings: async () => settings,
      source: (_request, _settings, moment) => this.source(actor, moment),
      delivery: async () =>
        new IcmSftp(settings, {
          connect: async () => this.intershop.connect(actor),
          stampText,
          now,
          nonce,
        }),
      wake: (event) => this.send(actor, event, 'wake'),
    }
  }

  private every(actor: Actor, ms: number, action: () => void) {
    let stopped = false
    const again = async () => {
      await this.scheduler.step(actor, 'timer', () => undefined, this.scheduler.now + ms)
      if (stopped) return
      action()
      await again()
    }
    again()
    return () => {
      stopped = true
    }
  }

  private source(actor: Actor, now: () => number): Source {
    const { scheduler, stock } = this
    return {
      concurrency: 2,
      async *skuIds() {
        yield await scheduler.step(actor, 'ids', () => [...stock.keys()].reverse())
      },
      open: async () => {
        await scheduler.step(actor, 'open', () => undefined)
        return {
          read: async (skuId) => {
            const observedAt = now()
            const quantity = await scheduler.step(actor, 'stock', () => stock.get(skuId) ?? 0)
            return { offers: [{ skuId, sellerId: '1', quantity, observedAt }] }
          },
          close: async () => undefined,
        }
      },
    }
  }
}

const courier: Actor = { alive: true, frozenUntil: 0, skew: 0 }
