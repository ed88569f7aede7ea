import type { ErrorCode } from '../common/errorCodes'
import { AppError } from '../common/errors'
import type { MappedOffer } from '../offers/stockOffer'

/** A part as the way to Intershop sees it. */
export interface Consignment {
  /** UTC milliseconds; greater than that of every part delivered before. */
  stamp: number
  offers: readonly MappedOffer[]
}

/** Straight before a file becomes visible to Intershop: may it? */
export type MayCommit = () => Promise<boolean>

/** A way for offers to reach Intershop. */
export interface DeliveryWay {
  /**
   * Connects, where that is not done yet, so that nothing is read while Intershop cannot be reached.
   * @throws {DeliveryError}
   */
  connect(): Promise<void>
  /**
   * Puts the offers where Intershop picks them up. Doing it twice is harmless: names and contents are
   * the same, and what is there already is left alone.
   * @returns the names of the files
   * @throws {DeliveryError} where it did not work
   * @throws {SupersededError} where `mayCommit` said no
   */
  deliver(consignment: Consignment, mayCommit: MayCommit): Promise<string[]>
  /** Lets go of connections. */
  close(): Promise<void>
}

/** Another worker went on in the meantime: this one must not deliver. */
export class SupersededError extends Error {
  constructor() {
    super('another worker went on with the line')
  }
}

/** The way to Intershop is closed. */
export class DeliveryError extends AppError {
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** True where trying again is pointless until a person changed something. */
    readonly final: boolean
  ) {
    super(message)
  }
}
