import type { ErrorCode } from '../common/errorCodes'
import { AppError } from '../common/errors'
import type { MappedOffer } from '../offers/stockOffer'

/** What is published of a batch. */
export interface PublishedBatch {
  /** UTC milliseconds; greater than that of every batch published before. */
  version: number
  offers: readonly MappedOffer[]
}

/** Called right before a file becomes visible to Intershop: false if this worker must not publish. */
export type CanCommit = () => Promise<boolean>

/** Sends offers to Intershop. The setting `delivery` selects the implementation; the rest of the app does not depend on it. */
export interface Publisher {
  /**
   * Connects if there is no connection, so that nothing is read while the server cannot be reached.
   * @throws {DeliveryError}
   */
  connect(): Promise<void>
  /**
   * Puts the offers where Intershop picks them up.
   * @returns the names of the files
   * @throws {DeliveryError} if publishing failed
   * @throws {SupersededError} if `canCommit` returned false
   */
  publish(batch: PublishedBatch, canCommit: CanCommit): Promise<string[]>
  /**
   * Proves that offers can be published, without publishing any: connects, and does at the receiver each kind of step
   * that {@link publish} does, with things of its own that Intershop never imports. Leaves nothing there.
   * @returns what worked, for people
   * @throws {DeliveryError}
   */
  check(): Promise<string>
  /** What Intershop has not taken yet; undefined if it cannot be said. Absent where there is no drop. Never fails. */
  drop?(): Promise<Drop | undefined>
  /** Closes connections. */
  close(): Promise<void>
}

/** Files of this app that Intershop has not taken yet. */
export interface Drop {
  files: number
  /** Of the one that was read first; absent without files. */
  oldestAgeSeconds?: number | undefined
  /** Only some of the directory was listed: there may be more files, and older ones. */
  isPartial?: true | undefined
  /** UTC milliseconds. */
  observedAt: number
}

/** Another worker has taken over the queue: this one must not publish. */
export class SupersededError extends Error {
  constructor() {
    super('another worker has taken over the queue')
  }
}

/** Offers cannot be published. */
export class DeliveryError extends AppError {
  constructor(
    readonly code: ErrorCode,
    /** What happened. */
    readonly detail: string,
    /** True if a retry cannot succeed until somebody changes the settings or the server. */
    readonly final: boolean,
    /** What to do, in sentences. */
    readonly advice?: string
  ) {
    super(advice ? `${detail}. ${advice}` : detail)
  }
}
