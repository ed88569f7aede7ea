import { untilTurnsEnd } from '../turns'

/** Somebody whose steps the scheduler orders: a worker's run, a request being accepted. */
export interface Actor {
  alive: boolean
  /** Its steps wait until then: a process that was stopped for a while and knows nothing of it. */
  frozenUntil: number
  /** Milliseconds by which its clock is ahead. */
  skew: number
}

interface Step {
  actor: Actor
  at: number
  take(): void
}

/**
 * The world's time. Whoever waits for anything hands in a step, and whoever drives the world says which
 * one comes next; so any order of events can be played, and played again.
 */
export class Scheduler {
  now = Date.UTC(2026, 10, 21, 12)
  /** Called with the name of each step before it is waited for: the moment to strike its actor down. */
  onStep: (actor: Actor, name: string) => void = () => undefined
  private steps: Step[] = []

  /** @param stepMs milliseconds that a step takes */
  constructor(public stepMs: number) {}

  /** Whoever has something left to do. */
  get actors(): Actor[] {
    return [...new Set(this.steps.map(({ actor }) => actor).filter(({ alive }) => alive))]
  }

  /** A step of an actor: it happens some time from `at` on, or never if the actor dies. */
  step<T>(actor: Actor, name: string, run: () => T, at = this.now): Promise<T> {
    this.onStep(actor, name)
    return new Promise<T>((resolve, reject) => {
      const take = () => {
        try {
          resolve(run())
        } catch (thrown) {
          reject(thrown)
        }
      }
      this.steps.push({ actor, at, take })
    })
  }

  /** An action again and again, until the returned function is called. */
  every(actor: Actor, ms: number, action: () => void): () => void {
    let stopped = false
    const again = async () => {
      await this.step(actor, 'timer', () => undefined, this.now + ms)
      if (stopped) return
      action()
      await again()
    }
    again()
    return () => {
      stopped = true
    }
  }

  /** Takes one of the steps that can be taken now, or lets time pass until there is one. False: none left. */
  async takeOne(choice: number): Promise<boolean> {
    this.steps = this.steps.filter(({ actor }) => actor.alive)
    if (this.steps.length === 0) return false
    const due = (step: Step) => Math.max(step.at, step.actor.frozenUntil)
    this.now = Math.max(this.now + this.stepMs, Math.min(...this.steps.map(due)))
    const ready = this.steps.filter((step) => due(step) <= this.now)
    const chosen = ready[choice % ready.length]
    if (!chosen) return false
    this.steps.splice(this.steps.indexOf(chosen), 1)
    chosen.take()
    await untilTurnsEnd()
    return true
  }
}
