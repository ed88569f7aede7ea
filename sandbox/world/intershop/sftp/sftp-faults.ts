import { z } from 'zod'

const count = z.int().nonnegative()
const share = z.number().min(0).max(1)

/** Faults of the SFTP server. All off: `noSftpFaults`. */
export const sftpFaultsSchema = z.strictObject({
  /** New connections are refused: all, the next `refusals`, and this share of the others. */
  refuse: z.boolean(),
  refusals: count,
  refuseShare: share,
  /** The next so many connections are closed during an upload. */
  cuts: count,
  /** Uploaded bytes after which a connection can be closed. */
  cutAfterBytes: z.int().positive(),
  /** Share of later writes after which a connection is closed. */
  cutShare: share,
  /** Writes fail because the disk is full: all, the next `fullWrites`, and this share of the others. */
  diskFull: z.boolean(),
  fullWrites: count,
  fullShare: share,
  /** Nobody may write files. */
  readOnly: z.boolean(),
  /** Milliseconds before each response. */
  delay: z.number().nonnegative(),
})

export type SftpFaults = z.infer<typeof sftpFaultsSchema>

/** No faults. */
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
    readOnly: false,
    delay: 0,
  }
}

/** Draws faults of connections and writes; counted faults are used up. */
export class SftpFaultInjector {
  /** `random` returns numbers in [0, 1). */
  constructor(
    readonly faults: SftpFaults,
    private readonly random: () => number
  ) {}

  /** Returns whether a new connection is refused. */
  shouldRefuse(): boolean {
    return this.faults.refuse || this.shouldFail('refusals', this.faults.refuseShare)
  }

  /** Returns whether a write fails because the disk is full. */
  isFull(): boolean {
    return this.faults.diskFull || this.shouldFail('fullWrites', this.faults.fullShare)
  }

  /** Returns whether a connection is closed after so many uploaded bytes. */
  shouldCut(uploaded: number): boolean {
    return uploaded >= this.faults.cutAfterBytes && this.shouldFail('cuts', this.faults.cutShare)
  }

  private shouldFail(counted: 'refusals' | 'fullWrites' | 'cuts', share: number): boolean {
    if (this.faults[counted] > 0) {
      this.faults[counted]--
      return true
    }
    return share > 0 && this.random() < share
  }
}
