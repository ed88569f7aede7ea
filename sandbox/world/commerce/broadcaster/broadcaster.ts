import { EventEmitter, once } from 'events'
import { hash } from '../../../common/hash'
import type { Account } from '../account'
import type { SkuChange } from '../changes'
import { type BroadcasterBehaviour, DEFAULT_BEHAVIOUR } from './behaviour'
import {
  type Notification,
  notificationOf,
  type PartialNotification,
  partialNotificationOf,
  SENDER,
  TOPIC,
} from './notification'

/** Hands an event to VTEX IO, which delivers it to whoever subscribed. */
export type Publish = (
  sender: string,
  topic: string,
  body: Notification | PartialNotification,
  subject: string
) => Promise<void>

const DRAW = 61

/**
 * VTEX's change feed of an account: tells of each change, as badly as `behaviour` says. What it still
 * has to tell when it stops is never told.
 */
export class Broadcaster {
  readonly behaviour: BroadcasterBehaviour = { ...DEFAULT_BEHAVIOUR }
  /** Since the start: changes, and what became of them. `failed` ones VTEX IO did not take. */
  readonly counts = {
    changes: 0,
    told: 0,
    doubled: 0,
    delayed: 0,
    reordered: 0,
    lost: 0,
    partial: 0,
    failed: 0,
  }
  private readonly lost = new Set<number>()
  /** How many publications of a SKU are still to come. */
  private readonly waiting = new Map<number, number>()
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly publications = new EventEmitter().setMaxListeners(0)
  private draws = 0
  private stopped = false

  constructor(
    private readonly account: Account,
    private readonly publish: Publish
  ) {
    account.onChange((change) => {
      if (!this.stopped) this.notify(change)
    })
  }

  /** The SKUs with a change that VTEX IO was not told of: not yet, or never. */
  unpublished(): Set<number> {
    return new Set([...this.lost, ...this.waiting.keys()])
  }

  /** Resolves when no telling is still to come. */
  async idle(): Promise<void> {
    while (this.waiting.size > 0) await once(this.publications, 'told')
  }

  stop(): void {
    this.stopped = true
    for (const timer of this.timers) clearTimeout(timer)
    this.waiting.clear()
    this.publications.emit('told')
  }

  private notify(change: SkuChange): void {
    this.counts.changes++
    if (this.drawn('lost')) {
      this.lost.add(change.skuId)
      return
    }
    const body = this.drawn('partial')
      ? partialNotificationOf(change)
      : notificationOf(this.account.name, change)
    this.schedule(change.skuId, body)
    if (this.drawn('doubled')) this.schedule(change.skuId, body)
  }

  private schedule(skuId: number, body: Notification | PartialNotification): void {
    const { delay, reorderWithin } = this.behaviour
    const late = this.drawn('delayed') ? delay : 0
    const reorderDelay = this.drawn('reordered') ? Math.ceil(reorderWithin * this.random()) : 0
    this.waiting.set(skuId, (this.waiting.get(skuId) ?? 0) + 1)
    if (late + reorderDelay === 0) {
      void this.tell(skuId, body)
      return
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      void this.tell(skuId, body)
    }, late + reorderDelay)
    this.timers.add(timer)
  }

  private async tell(skuId: number, body: Notification | PartialNotification): Promise<void> {
    try {
      await this.publish(SENDER, TOPIC, body, String(skuId))
      this.counts.told++
      this.lost.delete(skuId)
    } catch {
      // Like a lost one, but not by the dice: VTEX IO may be stopping, or its disk full.
      this.counts.failed++
      this.lost.add(skuId)
    }
    const left = (this.waiting.get(skuId) ?? 1) - 1
    if (left > 0) this.waiting.set(skuId, left)
    else this.waiting.delete(skuId)
    this.publications.emit('told')
  }

  /** Whether this share strikes; counts it if so. */
  private drawn(name: 'doubled' | 'delayed' | 'reordered' | 'lost' | 'partial'): boolean {
    const share = this.behaviour[name]
    const strikes = share > 0 && this.random() < share
    if (strikes) this.counts[name]++
    return strikes
  }

  private random(): number {
    return hash(this.account.seed, DRAW, this.draws++) / 2 ** 32
  }
}
