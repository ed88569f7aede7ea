import { AppError } from '../common/errors'
import type { MappedOffer } from '../offers/stockOffer'

/** What is published of a batch. */
export interface PublishedBatch {
  /** UTC milliseconds; greater than that of every batch published before. */
  version: number
  offers: readonly MappedOffer[]
}

/** Straight before something becomes visible to Intershop: may it? */
export type CanCommit = () => Promise<boolean>

/** How offers reach Intershop. The setting `delivery` says which one; nothing else of the app knows. */
export interface Publisher {
  /**
   * Connects, where that is not done yet, so that nothing is read while Intershop cannot be reached.
   * @throws {DeliveryError}
   */
  connect(): Promise<void>
  /**
   * Puts the offers where Intershop picks them up.
   * @returns the names of the files
   * @throws {DeliveryError} where it did not work
   * @throws {SupersededError} where `canCommit` said no
   */
  publish(batch: PublishedBatch, canCommit: CanCommit): Promise<string[]>
  /** Lets go of connections. */
  close(): Promise<void>
}

/** Another worker went on in the meantime: this one must not publish. */
export class SupersededError extends AppError {
  readonly code = 'superseded'

  constructor() {
    super('another worker went on with the line')
  }
}

/** Offers cannot be published. */
export class DeliveryError extends AppError {
  constructor(
    readonly code: string,
    message: string,
    /** True where trying again is pointless until a person changed something. */
    readonly final: boolean
  ) {
    super(message)
  }
}
