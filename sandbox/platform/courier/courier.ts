import { EventEmitter, once, setMaxListeners } from 'node:events'
import type { Subscription } from '../app'
import { type CourierBehaviour, DEFAULT_BEHAVIOUR } from './behaviour'
import type { Delivery, DeliveryQueue } from './queue'

const MAX_IN_FLIGHT = 64

/** Carries a delivery to a worker: true when it was acknowledged. Rejects only when `signal` aborts. */
export type DeliverToWorker = (
  delivery: Delivery,
  timeout: number,
  signal: AbortSignal
) => Promise<boolean>

/** A delivery that waits for its first or next attempt, or is under way. */
export interface PendingDelivery extends Omit<Delivery, 'body'> {
  /** Attempts that were not acknowledged. */
  attempts: number
}

interface Pending {
  delivery: Delivery
  attempts: number
  timer?: NodeJS.Timeout
}

/**
 * VTEX IO's event bus, as far as anybody may rely on it: an accepted event is on disk, and is delivered
 * to each handler that subscribed until that handler acknowledges it; not once, nor in order.
 */
export class Courier {
  readonly behaviour: CourierBehaviour = { ...DEFAULT_BEHAVIOUR }
  /** What happened since the start. */
  readonly counts = {
    accepted: 0,
    acknowledged: 0,
    redelivered: 0,
    doubled: 0,
    lost: 0,
    dropped: 0,
  }

  private readonly waiting = new Map<string, Pending>()
  private readonly ready: Pending[] = []
  private readonly changes = new EventEmitter().setMaxListeners(0)
  private readonly ending = new AbortController()
  private accepting = 0
  private inFlight = 0

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly subscriptions: readonly Subscription[],
    private readonly carry: DeliverToWorker,
    private readonly random: () => number
  ) {
    // One for each delivery that waits for a worker.
    setMaxListeners(0, this.ending.signal)
  }

  /** Takes up what an earlier life left. */
  async start(): Promise<void> {
    for (const delivery of await this.queue.load()) {
      this.schedule({ delivery, attempts: 0 }, 0)
    }
  }

  /** Accepts an event; once this resolves it is on disk for each handler that wants it. */
  async send(event: {
    sender: string
    topic: string
    subject?: string
    body: string
  }): Promise<void> {
    this.accepting++
    try {
      this.counts.accepted++
      for (const { handler } of this.subscriptions.filter((wanted) => wants(wanted, event))) {
        if (this.chance(this.behaviour.lost)) {
          this.counts.lost++
          continue
        }
        await this.enqueue(handler, event)
        if (this.chance(this.behaviour.doubled)) {
          this.counts.doubled++
          await this.enqueue(handler, event)
        }
      }
    } finally {
      this.accepting--
      this.changes.emit('change')
    }
  }

  /** What is not acknowledged yet, oldest first. */
  pending(): PendingDelivery[] {
    return [...this.waiting.values()].map(({ delivery: { body: _body, ...rest }, attempts }) => ({
      ...rest,
      attempts,
    }))
  }

  /** Resolves when no event is waiting or under way. */
  async idle(): Promise<void> {
    while (this.waiting.size > 0 || this.accepting > 0) {
      await once(this.changes, 'change')
    }
  }

  /** Ends all attempts; what is not acknowledged stays on disk. */
  stop(): void {
    this.ending.abort()
    for (const { timer } of this.waiting.values()) {
      clearTimeout(timer)
    }
  }

  private async enqueue(
    handler: string,
    { subject = '', ...event }: { sender: string; topic: string; subject?: string; body: string }
  ): Promise<void> {
    const acceptedAt = Date.now()
    const delivery = await this.queue.store({ handler, subject, acceptedAt, ...event })
    const { delay, reordered, reorderWithin } = this.behaviour
    const reorderDelay = this.chance(reordered) ? reorderWithin * this.random() : 0
    this.schedule({ delivery, attempts: 0 }, delay + reorderDelay)
  }

  private schedule(pending: Pending, ms: number): void {
    if (this.ending.signal.aborted) {
      return
    }
    this.waiting.set(pending.delivery.id, pending)
    const begin = (): void => {
      this.ready.push(pending)
      this.startReady()
    }
    if (ms > 0) {
      pending.timer = setTimeout(begin, ms)
    } else {
      begin()
    }
  }

  private startReady(): void {
    while (this.inFlight < MAX_IN_FLIGHT && !this.ending.signal.aborted) {
      const pending = this.ready.shift()
      if (pending === undefined) {
        return
      }
      this.inFlight++
      this.attempt(pending)
        // Only an abort gets here, and then nobody waits any more.
        .catch(() => undefined)
        .finally(() => {
          this.inFlight--
          this.startReady()
        })
    }
  }

  private async attempt(pending: Pending): Promise<void> {
    const { delivery } = pending
    const { firstRetry, retryFactor, maxRetry, maxAttempts, timeout } = this.behaviour
    const acknowledged = await this.carry(delivery, timeout, this.ending.signal)
    if (!acknowledged) {
      pending.attempts++
      if (pending.attempts < maxAttempts) {
        this.counts.redelivered++
        this.schedule(
          pending,
          Math.min(firstRetry * retryFactor ** (pending.attempts - 1), maxRetry)
        )
        return
      }
    }
    this.counts[acknowledged ? 'acknowledged' : 'dropped']++
    await this.queue.remove(delivery.id)
    this.waiting.delete(delivery.id)
    this.changes.emit('change')
  }

  private chance(share: number): boolean {
    return share > 0 && this.random() < share
  }
}

function wants(subscription: Subscription, event: { sender: string; topic: string }): boolean {
  const { sender, topics } = subscription
  return (
    (sender === undefined || sender === '*' || sender === event.sender) &&
    (topics.includes(event.topic) || topics.includes('*'))
  )
}
