import { z } from 'zod'
import type { Clock } from '../common/clock'
import { AppError } from '../common/errors'

/**
 * The folders (VBase buckets) of the app's documents, by the file that names those in them. docs/architecture.md describes
 * them.
 */
export type Folder =
  // exports/documentNames.ts; `exports`, `cancelled` and `ended` by the export's id (handlers/startExport.ts)
  | 'exports'
  | 'cancelled'
  | 'ended'
  | 'plans'
  | 'worklists'
  | 'attempts'
  | 'receipts'
  | 'imports'
  // exports/planDocuments.ts, batches.ts, summary.ts, checkpoints.ts
  | 'worklistPages'
  | 'batches'
  | 'summary'
  | 'checkpoints'
  // changes/changeLog.ts, kitIndex.ts
  | 'pending'
  | 'changes'
  | 'kits'
  // published/generations.ts, compaction.ts, nameClaims.ts
  | 'ledger'
  | 'generations'
  | 'compactions'
  | 'names'
  // state/shardedStore.ts
  | 'skus'
  | 'matches'
  | 'claims'
  // lease.ts, hostKeys.ts; alerts/alertState.ts; connections/checkConnections.ts
  | 'lease'
  | 'hostkeys'
  | 'alerts'
  | 'checks'

/**
 * The app's documents. A read or a listing may be stale by a moment: what is said in one step may be unknown to another
 * process in the next. Every function that reads or writes documents may throw {@link StateError}; only this place says
 * so.
 */
export interface Documents {
  /** If it throws, the document may be saved or not. */
  save(folder: Folder, name: string, document: unknown): Promise<void>
  /** The document, or null if there is none (yet). */
  read(folder: Folder, name: string): Promise<unknown>
  /** Names in a folder that begin with `prefix`, sorted. @param most how many the caller needs */
  list(folder: Folder, prefix?: string, most?: number): Promise<string[]>
  /** Removes a document, if there is one. */
  remove(folder: Folder, name: string): Promise<void>
  /** A document with its ETag. */
  readTagged(folder: Folder, name: string): Promise<{ document: unknown; tag?: string }>
  /** Overwrites the version with this tag. False: another was first; true proves nothing (undocumented If-Match). */
  saveOver(folder: Folder, name: string, document: unknown, tag?: string): Promise<boolean>
}

/** The same documents for those who must not change them: nothing that they write is saved. */
export const readOnly = (documents: Documents): Documents => ({
  ...documents,
  save: async () => undefined,
  remove: async () => undefined,
  saveOver: async () => false,
})

/** VBase did not respond or refused: the request may or may not have taken effect. */
export class StateError extends AppError {
  readonly code = 'state_unavailable'
}

/** For summaries and the like: nothing fails because they cannot be saved. */
export function ignoreStateError(thrown: unknown): void {
  if (!(thrown instanceof StateError)) throw thrown
}

/** VBase has the document, and what it returns is no JSON, each time. */
export class UnreadableDocumentError extends StateError {}

/** Reads and listings show what another worker wrote after this time. */
export const SETTLE_MS = 1_000

/** A document that was saved is missing or cannot be parsed. */
export class LostDocumentError extends AppError {
  readonly code = 'document_lost'
}

/** VBase may return a document late after it was written: then the read is repeated. */
const LOOKS = 5

/** A long list of a document, checked in place: a schema of tuples would copy each item, which takes longer than reading. */
export const longListOf = <T>(isItem: (value: unknown) => boolean) =>
  z.custom<T[]>((value) => Array.isArray(value) && value.every(isItem))

/** Reads a document that was saved. @throws {LostDocumentError} the step that saved it must be repeated or abandoned */
export async function readWritten<T>(
  { documents, clock }: { documents: Documents; clock: Pick<Clock, 'sleep'> },
  folder: Folder,
  name: string,
  schema: z.ZodType<T>
): Promise<T> {
  for (let look = 1; ; look++) {
    const { data, success } = schema.safeParse(await documents.read(folder, name))
    if (success) return data
    if (look === LOOKS) throw new LostDocumentError(`${folder}/${name} cannot be read`)
    await clock.sleep(SETTLE_MS)
  }
}
