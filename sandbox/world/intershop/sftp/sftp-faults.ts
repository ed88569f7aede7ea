import { z } from 'zod'

const count = z.int().nonnegative()
const share = z.number().min(0).max(1)

/** What goes wrong at the SFTP server. All off: `noSftpFaults`. */
export const sftpFaultsSchema = z.strictObject({
  /** New connections are closed at once: all, so many more, and this share of the others. */
  refuse: z.boolean(),
  refusals: count,
  refuseShare: share,
  /** How many more connections are cut in the middle of an upload. */
  cuts: count,
  /** After how many uploaded bytes of a connection it may be cut. */
  cutAfterBytes: z.int().positive(),
  /** The share of the writes from there on after which a connection is cut. */
  cutShare: share,
  /** Writes fail as on a full disk: all, so many more, and this share of the others. */
  diskFull: z.boolean(),
  fullWrites: count,
  fullShare: share,
  /** Milliseconds before each request is answered. */
  delay: z.number().nonnegative(),
})

export type SftpFaults = z.infer<typeof sftpFaultsSchema>

/** A server that works. */
export function noSftpFaults(): SftpFaults {
  return {
    refuse: false,
    refusals: 0,
    refuseShare: 0,
    cuts: 0,
    cutAfterBytes: 1,
    cutShare: 0,
    diskFull: false,
    fullWrites: 0,
    fullShare: 0,
    delay: 0,
  }
}

/** Draws what befalls connections and writes; what is counted is spent by it. */
export class SftpFaultInjector {
  /** `random` gives numbers in [0, 1). */
  constructor(
    readonly faults: SftpFaults,
    private readonly random: () => number
  ) {}

  /** Whether a new connection is refused. */
  refuses(): boolean {
    return this.faults.refuse || this.strikes('refusals', this.faults.refuseShare)
  }

  /** Whether a write finds the disk full. */
  isFull(): boolean {
    return this.faults.diskFull || this.strikes('fullWrites', this.faults.fullShare)
  }

  /** Whether a connection that has uploaded so many bytes is cut. */
  cutsAfter(uploaded: number): boolean {
    return uploaded >= this.faults.cutAfterBytes && this.strikes('cuts', this.faults.cutShare)
  }

  private strikes(counted: 'refusals' | 'fullWrites' | 'cuts', ofTheOthers: number): boolean {
    if (this.faults[counted] > 0) {
      this.faults[counted]--
      return true
    }
    return ofTheOthers > 0 && this.random() < ofTheOthers
  }
}
