import { z } from 'zod'
import type { Clock } from '../common/clock'
import type { Documents } from './documents'

const NAME = 'line'
export const RENEW_MS = 5_000
/** A worker that was silent for so long has died. */
export const LEASE_MS = 15_000
/** Courier delivers an event again when its worker died: for that event a missed renewal is proof enough. */
export const SILENT_MS = 7_000
/** Reads are taken to show what was written after this. */
const SETTLE_MS = 1_000
/** An event of which the worker died may come again at once: it stays until the lease is free. */
export const TIMEOUT_MS = LEASE_MS + SETTLE_MS

const leaseSchema = z.object({
  v: z.literal(1),
  owner: z.string(),
  /** The event that the owner is handling. */
  event: z.string(),
  /** UTC milliseconds; 0 when given back. */
  until: z.number(),
  highWaterMark: z.number(),
  /** Milliseconds. */
  slice: z.number().optional(),
  diedAt: z.number().optional(),
  compacts: z.boolean().optional(),
  recent: z.array(z.string()).readonly().optional(),
})

type LeaseDocument = z.infer<typeof leaseSchema>

/** What a worker leaves to the next one. */
export interface Handover {
  /** Stamp of the newest delivery that it knew of. */
  highWaterMark: number
  /** How long the next slice may take, in milliseconds: longer and longer while all goes well. */
  slice?: number | undefined
  /** When a worker was last found to have died over its work, UTC milliseconds. */
  diedAt?: number | undefined
  /** It was not done with compacting the ledger. */
  compacts?: boolean | undefined
  /** Whose turn it was lately, latest first. */
  recent?: readonly string[] | undefined
}

/**
 * Who works on the line. A hint: it keeps workers from doing the same work twice, and nothing is lost
 * or overwritten when two believe they have it.
 */
export class Lease {
  private lost = false
  /** UTC milliseconds. */
  private writtenAt: number
  private renewal: Promise<void> | undefined
  private readonly stopRenewing: () => void

  private constructor(
    private readonly documents: Documents,
    private readonly clock: Clock,
    /** The word by which this worker signs. */
    readonly owner: string,
    private readonly ownerBefore: string | undefined,
    private readonly event: string,
    readonly handover: Handover,
    /** The worker before never gave the lease back. */
    readonly previousOwnerDied: boolean
  ) {
    this.writtenAt = clock.now()
    this.stopRenewing = clock.every(RENEW_MS, () => {
      this.renewal ??= this.renew()
        .catch(() => undefined)
        .finally(() => {
          this.renewal = undefined
        })
    })
  }

  /**
   * Takes the lease for an event, or finds that the event is not needed.
   * @returns `held` where a worker has the lease for another event: that one is not acknowledged yet, and will look at
   *   the queue after it gave the lease back, so it will see whatever was saved before this was called; `again` where
   *   courier is to deliver the event once more: its worker may be alive, or dead
   * @throws {StateError}
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
      // What the first look shows may be older than the event.
      if (looks > 1 && found !== undefined && found !== event) return 'held'
      await clock.sleep(SETTLE_MS)
    }
    return 'again'
  }

  /** Whether a worker has it; `abandoned` where one had it and was never seen again. @throws {StateError} */
  static async state(documents: Documents, now: number): Promise<'held' | 'abandoned' | 'free'> {
    const { data } = leaseSchema.safeParse(await documents.read('lease', NAME))
    if (data === undefined || data.until === 0) return 'free'
    return data.until > now ? 'held' : 'abandoned'
  }

  /** @returns the event that has it, if another worker has it and that is known @throws {StateError} */
  private static async take(
    documents: Documents,
    clock: Clock,
    event: string
  ): Promise<Lease | string | undefined> {
    const { document, tag } = await documents.readTagged('lease', NAME)
    const current = leaseSchema.safeParse(document).data
    const now = clock.now()
    if (current && isHeld(current, event, now)) return current.event
    const owner = clock.uniqueId()
    const previousOwnerDied = current !== undefined && current.until > 0
    const { highWaterMark = 0, slice, recent, compacts }: Partial<LeaseDocument> = current ?? {}
    const diedAt = previousOwnerDied ? now : current?.diedAt
    const handover: Handover = { highWaterMark, slice, recent, diedAt, compacts }
    const taken: LeaseDocument = { v: 1, owner, event, until: now + LEASE_MS, ...handover }
    if (!(await documents.saveOver('lease', NAME, taken, tag))) return undefined
    const lease = new Lease(
      documents,
      clock,
      owner,
      current?.owner,
      event,
      handover,
      previousOwnerDied
    )
    // Not known to be ours, it must not be renewed for ever.
    const mine = await lease.isMineForSure().catch(() => false)
    if (mine) return lease
    lease.stopRenewing()
    return undefined
  }

  /**
   * A first look may be behind: of several that take a free lease at once the last to write has it, and all of them may
   * see another. Had each of them given up then, nobody would work until it runs out.
   */
  private async isMineForSure(): Promise<boolean> {
    if (await this.isMine()) return true
    await this.clock.sleep(SETTLE_MS)
    this.lost = false
    return this.isMine()
  }

  /** @throws {StateError} */
  async isMine(): Promise<boolean> {
    if (this.lost) return false
    const owner = await ownerOf(this.documents)
    // A stale read still shows the worker before, or nobody.
    this.lost = owner !== this.owner && owner !== this.ownerBefore && owner !== undefined
    return !this.lost
  }

  /** As {@link isMine}, without a look where nobody takes it: it was written just now. @throws {StateError} */
  async isHeld(): Promise<boolean> {
    return (!this.lost && this.clock.now() - this.writtenAt < SILENT_MS) || this.isMine()
  }

  /**
   * Gives the lease back. Nobody may find it held for an event that was acknowledged.
   * @throws {StateError} the event must not be acknowledged
   */
  async release(handover: Handover): Promise<void> {
    this.stopRenewing()
    // Landing after the release, a renewal would hold the lease for nobody.
    await this.renewal
    if ((await this.isHeld()) || (await this.isMineForSure())) await this.write(0, handover)
  }

  private async renew() {
    const now = this.clock.now()
    if (!(await this.isHeld())) return
    await this.write(now + LEASE_MS, this.handover)
    this.writtenAt = now
  }

  private write(until: number, handover: Handover) {
    const { owner, event } = this
    const document: LeaseDocument = { v: 1, owner, event, until, ...handover }
    return this.documents.save('lease', NAME, document)
  }
}

const isHeld = (lease: LeaseDocument, event: string, now: number) =>
  lease.until - (lease.event === event ? LEASE_MS - SILENT_MS : 0) > now

async function ownerOf(documents: Documents): Promise<string | undefined> {
  return leaseSchema.safeParse(await documents.read('lease', NAME)).data?.owner
}
