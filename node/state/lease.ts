import { z } from 'zod'

import type { Clock } from '../exports/clock'
import type { Documents } from './documents'

const NAME = 'line'
const LEASE_MS = 2_500
const RENEW_MS = 700
/** Courier delivers an event again when its worker died: then two missed renewals are proof enough. */
const SILENT_MS = 2.5 * RENEW_MS
/** Whoever waits for the lease looks so often. */
const LOOK_MS = 500
/** Reads are taken to show what was written after this. */
const SETTLE_MS = 1_000
/** Longer than it takes from one run to the next. */
const QUIET_MS = 5_000

const leaseSchema = z.object({
  v: z.literal(1),
  owner: z.string(),
  /** The event that the owner is handling. */
  event: z.string(),
  renewedAt: z.number(),
  /** UTC milliseconds; 0 when given back. */
  until: z.number(),
  highWater: z.number(),
  /** Milliseconds. */
  slice: z.number().optional(),
  diedAt: z.number().optional(),
  compacts: z.boolean().optional(),
  recent: z.array(z.string()).optional(),
})

type LeaseDocument = z.infer<typeof leaseSchema>

/** What a worker leaves to the next one. */
export interface Legacy {
  /** Stamp of the newest delivery that it knew of. */
  highWater: number
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
  private renewal: Promise<void> | undefined
  private readonly stopRenewing: () => void

  private constructor(
    private readonly documents: Documents,
    private readonly clock: Clock,
    /** The word by which this worker signs. */
    readonly owner: string,
    private readonly ownerBefore: string | undefined,
    private readonly event: string,
    readonly legacy: Legacy,
    /** The worker before never gave the lease back. */
    readonly afterDeath: boolean
  ) {
    this.stopRenewing = clock.every(RENEW_MS, () => {
      this.renewal ??= this.renew()
        .catch(() => undefined)
        .finally(() => {
          this.renewal = undefined
        })
    })
  }

  /**
   * Takes the lease as soon as it is free: a worker that waits is the one that goes on when another dies.
   * @param patience milliseconds
   * @returns undefined when another worker has it all that time
   * @throws {StateError}
   */
  static async await(
    documents: Documents,
    clock: Clock,
    event: string,
    patience: number
  ): Promise<Lease | undefined> {
    for (const until = clock.now() + patience; ; ) {
      const lease = await Lease.take(documents, clock, event)
      if (lease || clock.now() >= until) return lease
      await clock.sleep(LOOK_MS)
    }
  }

  /** Whether a worker that had it was never seen again: it may have died over its work. @throws {StateError} */
  static async isAbandoned(documents: Documents, now: number): Promise<boolean> {
    const { data } = leaseSchema.safeParse(await documents.read('lease', NAME))
    return data !== undefined && data.until > 0 && data.until < now
  }

  /** Whether the worker that has it works for this event. @throws {StateError} */
  static async isFor(documents: Documents, event: string): Promise<boolean> {
    const { data } = leaseSchema.safeParse(await documents.read('lease', NAME))
    return data !== undefined && data.until > 0 && data.event === event
  }

  /**
   * Watches whether a worker renews it, for another event. Then that event is not acknowledged yet, and whatever
   * was saved before this was called will be seen before it is. @throws {StateError}
   */
  static async isRenewed(documents: Documents, clock: Clock, event: string): Promise<boolean> {
    const look = async () => leaseSchema.safeParse(await documents.read('lease', NAME)).data
    // What a read shows from now on cannot be older than the call.
    await clock.sleep(SETTLE_MS)
    const before = await look()
    for (const until = clock.now() + LEASE_MS; clock.now() < until; ) {
      await clock.sleep(LOOK_MS)
      const found = await look()
      if (!before || !found || found.owner !== before.owner) return false
      if (found.event === event || found.until === 0) return false
      if (found.renewedAt !== before.renewedAt) return true
    }
    return false
  }

  /** Whether nobody took, renewed or gave it back lately. @throws {StateError} */
  static async isQuiet(documents: Documents, now: number): Promise<boolean> {
    const { data } = leaseSchema.safeParse(await documents.read('lease', NAME))
    return data === undefined || Math.abs(now - data.renewedAt) > QUIET_MS
  }

  /** @returns undefined when another worker has it @throws {StateError} */
  static async take(documents: Documents, clock: Clock, event: string): Promise<Lease | undefined> {
    const { document, tag } = await documents.readTagged('lease', NAME)
    const current = leaseSchema.safeParse(document).data
    const now = clock.now()
    if (current && isHeld(current, event, now)) return undefined
    const owner = clock.nonce()
    const afterDeath = current !== undefined && current.until > 0
    const { highWater = 0, slice, recent, compacts }: Partial<LeaseDocument> = current ?? {}
    const diedAt = afterDeath ? now : current?.diedAt
    const legacy: Legacy = { highWater, slice, recent, diedAt, compacts }
    const taken = leaseDocument(owner, event, now, now + LEASE_MS, legacy)
    if (!(await documents.saveOver('lease', NAME, taken, tag))) return undefined
    const lease = new Lease(documents, clock, owner, current?.owner, event, legacy, afterDeath)
    // Not known to be ours, it must not be renewed for ever.
    const mine = await lease.isMineForSure().catch(() => false)
    if (mine) return lease
    lease.stopRenewing()
    return undefined
  }

  /**
   * Of several that take a free lease at once the last to write has it, and all of them may see another at
   * first: had each of them given up then, nobody would work until it runs out.
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

  /** Gives the lease back. A failure is of no matter: it runs out. */
  async release(legacy: Legacy): Promise<void> {
    this.stopRenewing()
    // Landing after the release, a renewal would hold the lease for nobody.
    await this.renewal
    try {
      if (await this.isMine()) await this.write(0, legacy)
    } catch {
      // It runs out by itself.
    }
  }

  private async renew() {
    if (await this.isMine()) await this.write(this.clock.now() + LEASE_MS, this.legacy)
  }

  private write(until: number, legacy: Legacy) {
    const document = leaseDocument(this.owner, this.event, this.clock.now(), until, legacy)
    return this.documents.save('lease', NAME, document)
  }
}

const isHeld = (lease: LeaseDocument, event: string, now: number) =>
  lease.until > now && !(lease.event === event && now - lease.renewedAt > SILENT_MS)

const leaseDocument = (
  owner: string,
  event: string,
  renewedAt: number,
  until: number,
  legacy: Legacy
) => ({ v: 1, owner, event, renewedAt, until, ...legacy })

async function ownerOf(documents: Documents): Promise<string | undefined> {
  return leaseSchema.safeParse(await documents.read('lease', NAME)).data?.owner
}
