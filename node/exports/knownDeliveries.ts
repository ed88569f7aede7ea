import type { Documents } from '../state/documents'
import { type Clock, daysBetween } from './clock'
import { type Delivery, deliveryNames, deliveryPrefixes } from './names'

/** No clock is so far ahead of another. */
const AHEAD_MS = 2 * 3_600_000
/** A name that is new has a stamp from before its document was saved, by another clock. */
const LATE_MS = 600_000

/**
 * The deliveries that a run knows of. They are listed once from a moment on; from then on only where new ones may have
 * come. What this process says of its own is added.
 */
export class KnownDeliveries {
  private readonly byName = new Map<string, Delivery>()
  private from = Number.POSITIVE_INFINITY
  private listedAt: number
  /** Stamp of the newest, done or begun; 0 when none is known. */
  newest = 0

  constructor(
    private readonly documents: Documents,
    private readonly clock: Pick<Clock, 'now'>
  ) {
    this.listedAt = clock.now()
  }

  get all(): readonly Delivery[] {
    return [...this.byName.values()]
  }

  add(name: string): void {
    const delivery = this.byName.has(name) ? undefined : deliveryNames.parse(name)
    if (!delivery) return
    this.byName.set(name, delivery)
    this.newest = Math.max(this.newest, delivery.stamp)
  }

  /**
   * @param from a moment since when all are to be known
   * @returns how many were not known before
   * @throws {StateError}
   */
  async list(from = this.from): Promise<number> {
    const now = this.clock.now()
    const before = this.byName.size
    const prefixes =
      from < this.from
        ? daysBetween(from, now + AHEAD_MS).map((day) => `${day}/`)
        : deliveryPrefixes(
            Math.min(now, this.listedAt) - LATE_MS,
            Math.max(now, this.newest) + LATE_MS
          )
    const names = await Promise.all(
      prefixes.map((prefix) => this.documents.list('delivered', prefix))
    )
    for (const name of names.flat()) this.add(name)
    this.from = Math.min(from, this.from)
    this.listedAt = now
    return this.byName.size - before
  }
}
