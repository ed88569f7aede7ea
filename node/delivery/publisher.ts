import type { ImportState, Upload } from '../clients/icmMessages'
import { AppError, type ErrorCode } from '../common/errors'
import type { MappedOffer } from '../offers/stockOffer'

/** What is published of a batch. */
export interface PublishedBatch {
  /** UTC milliseconds; greater than that of every batch published before. */
  version: number
  offers: readonly MappedOffer[]
}

/** Called right before a file becomes visible to Intershop: false if this worker must not publish. */
export type CanCommit = () => Promise<boolean>

/** Each call may throw a {@link DeliveryError}. */
interface Connection {
  /** Connects if there is no connection, so that nothing is read while the server cannot be reached. */
  connect(): Promise<void>
  /**
   * Proves that offers can be published, without publishing any: connects, and does at the receiver each kind of step
   * that publishing takes, with things of its own that Intershop never imports. Leaves nothing there.
   * @returns what worked, for people
   */
  check(): Promise<string>
  /** Closes connections. */
  close(): Promise<void>
}

/** Its files are in Intershop once `publish` returns. */
export interface FilePublisher extends Connection {
  /**
   * Puts the offers where Intershop picks them up, and returns the names of the files.
   * @throws {SupersededError} if `canCommit` returned false
   */
  publish(batch: PublishedBatch, canCommit: CanCommit): Promise<string[]>
  /** What Intershop has not taken yet; undefined if it cannot be said. Never fails. */
  drop?(): Promise<Drop | undefined>
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

/** Intershop imports what it uploaded, which may outlast a run: the outcome is asked for later. */
export interface ImportingPublisher extends Connection {
  /** The server and site: an import is only asked for where it was started. */
  readonly target: string
  upload(batch: PublishedBatch): Promise<Upload>
  /**
   * Starts an import of an upload.
   * @returns its id; undefined where it may have started and the answer was lost
   * @throws {DeliveryError} if it certainly did not start
   * @throws {SupersededError} if `canCommit` returned false
   */
  startImport(upload: Upload, canCommit: CanCommit): Promise<string | undefined>
  importState(importId: string): Promise<ImportState>
  /** Removes an upload, if it exists. */
  removeUpload(upload: Upload): Promise<void>
  /** The stock that Intershop has of some offers; offers without one are absent. */
  stockOf(offerSkus: readonly string[]): Promise<ReadonlyMap<string, number>>
}

/**
 * Sends offers to Intershop. The setting `delivery` selects the implementation in publishers.ts. Besides, one has its
 * value in settingsTable.ts, the settings that it requires in settings.ts, `unpublishable` and `versionStep` in iomSftp.ts,
 * the prefix of its error codes in exports/summary.ts, and its receiver in sandbox/world/intershop. An outcome is known at
 * once, or asked for (exports/imports.ts).
 */
export type Publisher = FilePublisher | ImportingPublisher

export const isImporting = (publisher: Publisher): publisher is ImportingPublisher =>
  'startImport' in publisher

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
    /** True if the server certainly did not do what it was asked for. */
    readonly isRefusal = false,
    /** What to do, in sentences. */
    readonly advice?: string
  ) {
    super(advice ? `${detail}. ${advice}` : detail)
  }
}
