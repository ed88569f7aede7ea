import type { z } from 'zod'
import { AppError } from '../common/errors'
import type { Folder } from '../state/documents'
import type { Dependencies } from './engine'

/** VBase may return a document late after it was written: then the read is repeated. */
const LOOKS = 5
const BETWEEN_MS = 1_000

/** A document that was saved is missing or cannot be parsed. */
export class LostDocumentError extends AppError {
  readonly code = 'document_lost'
}

/**
 * Reads a document that is known to have been saved.
 * @throws {LostDocumentError} the step that saved it has to be repeated, or abandoned
 */
export async function readWritten<T>(
  { documents, clock }: Pick<Dependencies, 'documents' | 'clock'>,
  folder: Folder,
  name: string,
  schema: z.ZodType<T>
): Promise<T> {
  for (let look = 1; ; look++) {
    const { data, success } = schema.safeParse(await documents.read(folder, name))
    if (success) return data
    if (look === LOOKS) throw new LostDocumentError(`${folder}/${name} cannot be read`)
    await clock.sleep(BETWEEN_MS)
  }
}
