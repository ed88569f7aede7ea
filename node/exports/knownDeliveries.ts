import type { Clock } from '../common/clock'
import type { Documents } from '../state/documents'
import { type Delivery, deliveryNames, deliveryPrefixes } from './names'

/** A name that is new has a stamp from before its document was saved, by another clock. */
const LATE_MS = 600_000

/**
 * The deliveries that a run knows of: all are listed once, since the ledger is made of them; from then on only where new
 * ones may have come. What this process says of its own is added.
 */
export class KnownDeliveries {
  private readonly byName = new Map<string, Delivery>()
  private listedAt: number | undefined
  /** Stamp of the newest, done or begun; 0 when none is known. */
  newest = 0

  constructor(
    private readonly documents: Documents,
    private readonly clock: Pick<Clock, 'now'>
  ) {}

  get all(): readonly Delivery[] {
    return [...this.byName.values()]
  }

  get isListed(): boolean {
    return this.listedAt !== undefined
  }

  add(name: string): void {
    const delivery = this.byName.has(name) ? undefined : deliveryNames.parse(name)
    if (!delivery) return
    this.byName.set(name, delivery)
    this.newest = Math.max(this.newest, delivery.stamp)
  }

  /** @returns how many were not known before @throws {StateError} */
  async list(): Promise<number> {
    const now = this.clock.now()
    const before = this.byName.size
    const from = Math.min(now, this.listedAt ?? now) - LATE_MS
    const prefixes =
      this.listedAt === undefined
        ? ['']
        : deliveryPrefixes(from, Math.max(now, this.newest) + LATE_MS)
    const names = await Promise.all(
      prefixes.map((prefix) => this.documents.list('receipts', prefix))
    )
    for (const name of names.flat()) this.add(name)
    this.listedAt = now
    return this.byName.size - before
  }
}
