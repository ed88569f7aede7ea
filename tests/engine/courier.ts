import type { WorkEvent } from '../../node/exports/engine'
import type { Actor, Scheduler } from './scheduler'

/** What courier brings: an event of the app's own, or a notification that SKUs changed. */
export type Letter = { work: WorkEvent } | { changed: number[] }

/** What VTEX leaves open of courier. */
export interface CourierManners {
  doubledShare: number
  /** It may lose the app's events. */
  loses: boolean
  /** It may hand an event to a second worker while the first has it. */
  impatient: boolean
}

const MOST_REDELIVERY_MS = 10_000
/** Steps of courier itself are nobody's: they cannot be struck down. */
export const nobody: Actor = { alive: true, frozenUntil: 0, skew: 0 }

/** A model of courier: letters come in any order, twice, again after a failure, late, or never. */
export class ModelCourier {
  lost = 0
  private queue: Letter[] = []
  private readonly runs = new Map<Actor, { letter: Letter; again(): void }>()
  /** To be delivered again. */
  private readonly returning: Letter[] = []

  /** @param handle a worker's answer: `again` asks for redelivery, as a failure does */
  constructor(
    private readonly scheduler: Scheduler,
    private readonly manners: CourierManners,
    private readonly random: () => number,
    private readonly worker: () => Actor,
    private readonly handle: (letter: Letter, worker: Actor) => Promise<'done' | 'again'>
  ) {}

  get isStalled() {
    return this.queue.length === 0 && this.runs.size === 0
  }

  get hasLetters() {
    return this.queue.length > 0
  }

  /** Whether a notification is on its way or being handled. */
  get hasNotifications() {
    return this.letters.some((letter) => 'changed' in letter)
  }

  /** How many of the app's events are not acknowledged; copies of one are one. */
  get workEvents() {
    return new Set(this.letters.flatMap((letter) => ('work' in letter ? letter.work.id : []))).size
  }

  /** Whoever handles a letter. */
  get workers(): Actor[] {
    return [...this.runs.keys()]
  }

  private get letters(): Letter[] {
    const handled = [...this.runs.values()].map(({ letter }) => letter)
    return [...this.queue, ...handled, ...this.returning]
  }

  /** The sender knows that it is accepted once this resolves. */
  send(sender: Actor, letter: Letter, name: string): Promise<void> {
    return this.scheduler.step(sender, name, () => this.post(letter))
  }

  post(letter: Letter) {
    this.queue.push(letter)
    if (this.random() < this.manners.doubledShare) this.queue.push(letter)
  }

  /** Hands a waiting letter to a worker. */
  deliver(choice: number) {
    const [letter] = this.queue.splice(choice % Math.max(1, this.queue.length), 1)
    if (!letter) return
    const actor = this.worker()
    const again = () => {
      this.runs.delete(actor)
      const at = this.scheduler.now + Math.round(this.random() * MOST_REDELIVERY_MS)
      this.returning.push(letter)
      const comeAgain = () => {
        this.returning.splice(this.returning.indexOf(letter), 1)
        this.queue.push(letter)
      }
      this.scheduler.step(nobody, 'courier', comeAgain, at)
    }
    this.runs.set(actor, { letter, again })
    this.handle(letter, actor).then(
      (verdict) => (verdict === 'again' ? again() : this.runs.delete(actor)),
      again
    )
  }

  /** Waits no longer for a worker's answer and will hand its letter to another one. */
  stopWaiting(choice: number) {
    if (!this.manners.impatient) return
    const run = [...this.runs.values()][choice % Math.max(1, this.runs.size)]
    if (run) this.queue.push(run.letter)
  }

  /** A worker died: where it had not answered, its letter comes again. */
  died(actor: Actor) {
    this.runs.get(actor)?.again()
  }

  lose(choice: number) {
    const index = choice % Math.max(1, this.queue.length)
    const letter = this.queue[index]
    if (!this.manners.loses || !letter || 'changed' in letter) return
    this.queue.splice(index, 1)
    this.lost++
  }
}
