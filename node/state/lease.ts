import { z } from 'zod'
import type { Clock } from '../common/clock'
import { type Documents, SETTLE_MS } from './documents'

const NAME = 'line'
export const RENEW_MS = 5_000
/** After this silence a worker counts as dead. */
export const LEASE_MS = 15_000
/** Courier redelivers an event when its worker died: for that event one missed renewal is enough. */
export const SILENT_MS = 7_000
/** An event whose worker died may be redelivered at once: it waits until the lease is free. */
export const TIMEOUT_MS = LEASE_MS + SETTLE_MS

const handoverSchema = z.object({
  /** Version of the newest delivery that the worker knew. */
  highWaterMark: z.number(),
  /** Time limit of the next batch in milliseconds; grows while all goes well. */
  slice: z.number().optional(),
  /** When a worker was last found dead, UTC milliseconds. */
  diedAt: z.number().optional(),
  /** Compacting the ledger is unfinished. */
  compacts: z.boolean().optional(),
  /** Exports that had the latest turns, latest first. */
  recent: z.array(z.string()).readonly().optional(),
})

/** State passed to the next lease holder. */
export type Handover = z.infer<typeof handoverSchema>

const leaseSchema = handoverSchema.extend({
  v: z.literal(1),
  owner: z.string(),
  /** The event that the owner is handling. */
  event: z.string(),
  /** UTC milliseconds; 0 after a release. */
  until: z.number(),
})

type LeaseDocument = z.infer<typeof leaseSchema>

/** The lease on the work queue. A hint: it saves doing work twice; if two hold it, nothing is lost or overwritten. */
export class Lease {
  private lost = false
  /** When a look showed that it is this worker's, UTC milliseconds. */
  private seenAt = Number.NEGATIVE_INFINITY
  private renewal: Promise<void> | undefined
  private readonly stopRenewing: () => void

  /** Unique id of this worker. */
  readonly owner: string
  readonly handover: Handover
  /** The previous owner did not release the lease. */
  readonly previousOwnerDied: boolean

  private constructor(
    private readonly documents: Documents,
    private readonly clock: Clock,
    private readonly taken: LeaseDocument,
    private readonly before: LeaseDocument | undefined
  ) {
    this.owner = taken.owner
    this.handover = handoverSchema.parse(taken)
    this.previousOwnerDied = isUnreleased(before)
    this.stopRenewing = clock.every(RENEW_MS, () => {
      this.renewal ??= this.renew()
        .catch(() => undefined)
        .finally(() => {
          this.renewal = undefined
        })
    })
  }

  /**
   * Takes the lease for an event. `held`: a worker has it for another event, and reads the queue after its release, so
   * it sees whatever was saved before this call. `again`: courier must redeliver the event, whose worker may be dead.
   */
  static async await(
    documents: Documents,
    clock: Clock,
    event: string
  ): Promise<Lease | 'held' | 'again'> {
    const end = clock.now() + TIMEOUT_MS
    for (let looks = 1; clock.now() <= end; looks++) {
      const found = await Lease.take(documents, clock, event)
      if (found instanceof Lease) return found
      // The first read may be older than the event.
      if (looks > 1 && found !== undefined && found !== event) return 'held'
      await clock.sleep(SETTLE_MS)
    }
    return 'again'
  }

  /** Whether a worker has it; `abandoned` where one had it and was never seen again. */
  static async state(documents: Documents, now: number): Promise<'held' | 'abandoned' | 'free'> {
    const { data } = leaseSchema.safeParse(await documents.read('lease', NAME))
    if (data === undefined || data.until === 0) return 'free'
    return data.until > now ? 'held' : 'abandoned'
  }

  /** @returns the event that holds it, if another worker is known to hold it */
  private static async take(
    documents: Documents,
    clock: Clock,
    event: string
  ): Promise<Lease | string | undefined> {
    const { document, tag } = await documents.readTagged('lease', NAME)
    const current = leaseSchema.safeParse(document).data
    const now = clock.now()
    if (current && isHeld(current, event, now)) return current.event
    const taken: LeaseDocument = {
      ...{ highWaterMark: 0, ...current, ...(isUnreleased(current) && { diedAt: now }) },
      ...{ v: 1, owner: clock.uniqueId(), event, until: now + LEASE_MS },
    }
    if (!(await documents.saveOver('lease', NAME, taken, tag))) return undefined
    const lease = new Lease(documents, clock, taken, current)
    // A lease that another worker may own must not be renewed.
    if (await lease.isMineForSure().catch(() => false)) return lease
    lease.stopRenewing()
    return undefined
  }

  /**
   * A first read may be stale: if several workers take a free lease at once, the last writer owns it, and each may see
   * another one. If all of them stopped, nobody would work until the lease expires.
   */
  private async isMineForSure(): Promise<boolean> {
    if (await this.isMine()) return true
    await this.clock.sleep(SETTLE_MS)
    this.lost = false
    return this.isMine()
  }

  async isMine(): Promise<boolean> {
    if (this.lost) return false
    const now = this.clock.now()
    const document = await this.documents.read('lease', NAME)
    const owner = leaseSchema.safeParse(document).data?.owner
    // A stale read still shows the previous owner, or nobody.
    this.lost = owner !== this.owner && owner !== this.before?.owner && owner !== undefined
    if (owner === this.owner) this.seenAt = now
    return !this.lost
  }

  /** As isMine, without a look just after one. A write shows nothing: two would write over each other for ever. */
  async isHeld(): Promise<boolean> {
    return (!this.lost && this.clock.now() - this.seenAt < SILENT_MS) || this.isMine()
  }

  /** An acknowledged event must not hold the lease any more. @throws {StateError} it must not be acknowledged */
  async release(handover: Handover): Promise<void> {
    this.stopRenewing()
    // A renewal that lands after the release would hold the lease for nobody.
    await this.renewal
    if ((await this.isHeld()) || (await this.isMineForSure())) await this.write(0, handover)
  }

  private async renew() {
    if (await this.isHeld()) await this.write(this.clock.now() + LEASE_MS, this.handover)
  }

  private write(until: number, handover: Handover) {
    return this.documents.save('lease', NAME, { ...this.taken, ...handover, until })
  }
}

const isUnreleased = (lease: LeaseDocument | undefined) => lease !== undefined && lease.until > 0

const isHeld = (lease: LeaseDocument, event: string, now: number) =>
  lease.until - (lease.event === event ? LEASE_MS - SILENT_MS : 0) > now
