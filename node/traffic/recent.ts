const SLOT_MS = 100

/** Counts what happened in the last seconds. */
export class Recent {
  private readonly slots: number[]
  private slot = 0

  /** @param spanMs how far back it sees, a multiple of 100 ms */
  constructor(private readonly spanMs: number) {
    this.slots = Array.from({ length: spanMs / SLOT_MS }, () => 0)
  }

  add(now: number) {
    this.forget(now)
    const index = this.slot % this.slots.length
    this.slots[index] = (this.slots[index] ?? 0) + 1
  }

  count(now: number): number {
    this.forget(now)
    return this.slots.reduce((sum, count) => sum + count, 0)
  }

  /** How many a millisecond, of the time since `since` or the whole span if that is shorter. */
  rate(now: number, since: number): number {
    return this.count(now) / Math.max(SLOT_MS, Math.min(this.spanMs, now - since))
  }

  private forget(now: number) {
    const slot = Math.floor(now / SLOT_MS)
    const passed = Math.min(this.slots.length, slot - this.slot)
    for (let step = 1; step <= passed; step++)
      this.slots[(this.slot + step) % this.slots.length] = 0
    this.slot = Math.max(this.slot, slot)
  }
}
