import { AppError } from '../common/errors'

/** The folders (VBase buckets) that the app keeps its documents in. docs/architecture.md tells their lives. */
export type Folder =
  | 'exports'
  | 'plans'
  | 'worklists'
  | 'worklistPages'
  | 'receipts'
  | 'attempts'
  | 'cancelled'
  | 'ended'
  | 'lease'
  | 'hostkeys'
  | 'skus'
  | 'kits'
  | 'matches'
  | 'claims'
  | 'pending'
  | 'changes'
  | 'checkpoints'
  | 'ledger'
  | 'names'
  | 'generations'
  | 'compactions'

/**
 * The app's documents. Trusted for little: a read or a listing may be stale by a moment, and what is
 * said in one step may be unknown to another process in the next.
 *
 * Every function of the app that reads or writes documents may throw {@link StateError}; only this place says so.
 */
export interface Documents {
  /** @throws {StateError} when it is not certain that the document was saved */
  save(folder: Folder, name: string, document: unknown): Promise<void>
  /** The document, or null where there is none (or none yet). @throws {StateError} */
  read(folder: Folder, name: string): Promise<unknown>
  /**
   * Names in a folder that begin with `prefix`, sorted.
   * @param most where so many are enough: others may be left out
   * @throws {StateError}
   */
  list(folder: Folder, prefix?: string, most?: number): Promise<string[]>
  /** Removes a document; fine where there is none. @throws {StateError} */
  remove(folder: Folder, name: string): Promise<void>
  /** A document with the tag of its version. */
  readTagged(folder: Folder, name: string): Promise<{ document: unknown; tag?: string }>
  /**
   * Saves over the version with this tag. False: somebody else was first. True proves nothing:
   * VBase does not document what If-Match does.
   */
  saveOver(folder: Folder, name: string, document: unknown, tag?: string): Promise<boolean>
}

/** VBase could not be reached or refused: what was asked is not known to have happened. */
export class StateError extends AppError {
  readonly code = 'state_unavailable'
}
