import { EventEmitter, once, setMaxListeners } from 'node:events'
import type { Subscription } from '../app'
import { type CourierBehaviour, DEFAULT_BEHAVIOUR } from './behaviour'
import type { Delivery, DeliveryQueue } from './queue'

/** Sends a delivery to a worker; resolves to true if it was acknowledged. Rejects only if `signal` aborts. */
export type DeliverToWorker = (
  delivery: Delivery,
  timeout: number,
  signal: AbortSignal
) => Promise<boolean>

/** A delivery that is not acknowledged yet. */
export interface PendingDelivery extends Omit<Delivery, 'body'> {
  /** Failed attempts. */
  attempts: number
}

interface Pending {
  delivery: Delivery
  attempts: number
  timer?: NodeJS.Timeout
}

/**
 * VTEX IO's event bus. An accepted event is on disk and is delivered to each subscribed handler until the handler
 * acknowledges it: at least once, in no guaranteed order.
 */
export class Courier {
  readonly behaviour: CourierBehaviour = { ...DEFAULT_BEHAVIOUR }
  /** Counts since the start. */
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
    private readonly deliver: DeliverToWorker,
    private readonly random: () => number
  ) {
    // Each waiting delivery adds a listener.
    setMaxListeners(0, this.ending.signal)
  }

  /** Loads and schedules the deliveries on disk. */
  async start(): Promise<void> {
    for (const delivery of await this.queue.load()) {
      this.schedule({ delivery, attempts: 0 }, 0)
    }
  }

  /** Accepts an event; when this resolves, it is on disk for each subscribed handler. */
  async send(event: {
    sender: string
    topic: string
    subject?: string
    body: string
  }): Promise<void> {
    this.accepting++
    try {
      this.counts.accepted++
      for (const { handler } of this.subscriptions.filter((wanted) => matches(wanted, event))) {
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

  /** Deliveries that are not acknowledged yet, oldest first. */
  pending(): PendingDelivery[] {
    return [...this.waiting.values()].map(({ delivery: { body: _body, ...rest }, attempts }) => ({
      ...rest,
      attempts,
    }))
  }

  /** Resolves when all events are acknowledged. */
  async idle(): Promise<void> {
    while (this.waiting.size > 0 || this.accepting > 0) {
      await once(this.changes, 'change')
    }
  }

  /** Stops all attempts; unacknowledged deliveries stay on disk. */
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
    const start = (): void => {
      this.ready.push(pending)
      this.startReady()
    }
    if (ms > 0) {
      pending.timer = setTimeout(start, ms)
    } else {
      start()
    }
  }

  private startReady(): void {
    while (this.inFlight < this.behaviour.mostInFlight && !this.ending.signal.aborted) {
      const pending = this.ready.shift()
      if (pending === undefined) {
        return
      }
      this.inFlight++
      this.attempt(pending)
        // Rejects only on an abort, when nothing waits any more.
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
    const acknowledged = await this.deliver(delivery, timeout, this.ending.signal)
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

function matches(subscription: Subscription, event: { sender: string; topic: string }): boolean {
  const { sender, topics } = subscription
  return (
    (sender === undefined || sender === '*' || sender === event.sender) &&
    (topics.includes(event.topic) || topics.includes('*'))
  )
}
