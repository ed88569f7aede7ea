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

/** Sends an event to VTEX IO, which delivers it to the subscribed apps. */
export type Publish = (
  sender: string,
  topic: string,
  body: Notification | PartialNotification,
  subject: string
) => Promise<void>

const DRAW = 61

/**
 * VTEX's broadcaster: publishes a notification for each change of an account, with the faults of `behaviour`. Those that
 * are waiting when it stops are lost.
 */
export class Broadcaster {
  readonly behaviour: BroadcasterBehaviour = { ...DEFAULT_BEHAVIOUR }
  /** Counts since the start; `failed`: VTEX IO did not accept the event. */
  readonly counts = {
    changes: 0,
    published: 0,
    doubled: 0,
    delayed: 0,
    reordered: 0,
    lost: 0,
    partial: 0,
    failed: 0,
  }
  private readonly lost = new Set<number>()
  /** Number of waiting notifications by SKU. */
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

  /** SKUs with a change that is not published yet, or lost. */
  unpublished(): Set<number> {
    return new Set([...this.lost, ...this.waiting.keys()])
  }

  /** Resolves when no notification is waiting. */
  async idle(): Promise<void> {
    while (this.waiting.size > 0) await once(this.publications, 'published')
  }

  stop(): void {
    this.stopped = true
    for (const timer of this.timers) clearTimeout(timer)
    this.waiting.clear()
    this.publications.emit('published')
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
      void this.send(skuId, body)
      return
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      void this.send(skuId, body)
    }, late + reorderDelay)
    this.timers.add(timer)
  }

  private async send(skuId: number, body: Notification | PartialNotification): Promise<void> {
    try {
      await this.publish(SENDER, TOPIC, body, String(skuId))
      this.counts.published++
      this.lost.delete(skuId)
    } catch {
      // Like a lost one: VTEX IO may be stopping, or its disk full.
      this.counts.failed++
      this.lost.add(skuId)
    }
    const left = (this.waiting.get(skuId) ?? 1) - 1
    if (left > 0) this.waiting.set(skuId, left)
    else this.waiting.delete(skuId)
    this.publications.emit('published')
  }

  /** Draws whether a fault applies, and counts it. */
  private drawn(name: 'doubled' | 'delayed' | 'reordered' | 'lost' | 'partial'): boolean {
    const share = this.behaviour[name]
    const applies = share > 0 && this.random() < share
    if (applies) this.counts[name]++
    return applies
  }

  private random(): number {
    return hash(this.account.seed, DRAW, this.draws++) / 2 ** 32
  }
}
