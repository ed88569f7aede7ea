import { z } from 'zod'

import type { Clock } from '../exports/clock'
import type { Documents } from './documents'

const NAME = 'line'
const LEASE_MS = 6_000
const RENEW_MS = 1_000
/** Courier delivers an event again when its worker died: then two missed renewals are proof enough. */
const SILENT_MS = 2.5 * RENEW_MS

const leaseSchema = z.object({
  v: z.literal(1),
  owner: z.string(),
  /** The event that the owner is handling. */
  event: z.string(),
  renewedAt: z.number(),
  /** UTC milliseconds; 0 when given back. */
  until: z.number(),
  highWater: z.number(),
})

type LeaseDocument = z.infer<typeof leaseSchema>

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
    /** Stamp of the newest delivery that the worker before knew of. */
    readonly highWater: number,
    /** The worker before was handling this very event, and never gave the lease back. */
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

  /** @returns undefined when another worker has it @throws {StateError} */
  static async take(documents: Documents, clock: Clock, event: string): Promise<Lease | undefined> {
    const { document, tag } = await documents.readTagged('lease', NAME)
    const current = leaseSchema.safeParse(document).data
    const now = clock.now()
    if (current && isHeld(current, event, now)) return undefined
    const owner = clock.nonce()
    const highWater = current?.highWater ?? 0
    const taken = leaseDocument(owner, event, now, now + LEASE_MS, highWater)
    if (!(await documents.saveOver('lease', NAME, taken, tag))) return undefined
    const afterDeath = current?.event === event && current.until > 0
    const lease = new Lease(documents, clock, owner, current?.owner, event, highWater, afterDeath)
    // Not known to be ours, it must not be renewed for ever.
    const mine = await lease.isMine().catch(() => false)
    if (mine) return lease
    lease.stopRenewing()
    return undefined
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
  async release(highWater: number): Promise<void> {
    this.stopRenewing()
    // Landing after the release, a renewal would hold the lease for nobody.
    await this.renewal
    try {
      if (await this.isMine()) await this.write(0, highWater)
    } catch {
      // It runs out by itself.
    }
  }

  private async renew() {
    if (await this.isMine()) await this.write(this.clock.now() + LEASE_MS, this.highWater)
  }

  private write(until: number, highWater: number) {
    const document = leaseDocument(this.owner, this.event, this.clock.now(), until, highWater)
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
  highWater: number
): LeaseDocument => ({ v: 1, owner, event, renewedAt, until, highWater })

async function ownerOf(documents: Documents): Promise<string | undefined> {
  return leaseSchema.safeParse(await documents.read('lease', NAME)).data?.owner
}
