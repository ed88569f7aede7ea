import { untilTurnsEnd } from '../turns'

interface Timer {
  at: number
  /** Timers of one moment fire in the order in which they were set. */
  order: number
  fire(): void
}

/** Time that passes as soon as everybody waits for it. */
export class SimulatedTime {
  /** UTC milliseconds. */
  now = Date.UTC(2026, 10, 21, 12)
  private orders = 0
  /** A binary heap, the earliest first. */
  private readonly timers: Timer[] = []

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.now + Math.max(0, ms), resolve))
  }

  /** As clocks do, it shows whole milliseconds. */
  at(moment: number, fire: () => void) {
    this.push({ at: Math.ceil(moment), order: this.orders++, fire })
  }

  /** Lets time pass until something is so. @throws where nobody waits for anything any more */
  async playUntil(isSo: () => boolean): Promise<void> {
    for (;;) {
      await untilTurnsEnd()
      if (isSo()) return
      const next = this.pop()
      if (!next) throw new Error('nobody waits for anything any more')
      this.now = Math.max(this.now, next.at)
      next.fire()
      while ((this.timers[0]?.at ?? Number.POSITIVE_INFINITY) <= this.now) this.pop()?.fire()
    }
  }

  private push(timer: Timer) {
    const { timers } = this
    let place = timers.push(timer) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (isBefore(timers[parent], timer)) break
      this.swap(place, parent)
      place = parent
    }
  }

  private pop(): Timer | undefined {
    const { timers } = this
    this.swap(0, timers.length - 1)
    const first = timers.pop()
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2]
      const child = isBefore(timers[right], timers[left]) ? right : left
      if (!isBefore(timers[child], timers[place])) return first
      this.swap(place, child)
      place = child
    }
  }

  private swap(one: number, other: number) {
    const [a, b] = [this.timers[one], this.timers[other]]
    if (!a || !b) return
    this.timers[one] = b
    this.timers[other] = a
  }
}

function isBefore(timer: Timer | undefined, other: Timer | undefined): boolean {
  if (!timer) return false
  return !other || timer.at < other.at || (timer.at === other.at && timer.order < other.order)
}
