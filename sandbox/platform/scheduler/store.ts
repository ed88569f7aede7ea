import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { hasCode, writeAtomically } from '../files'
import { type Entry, entrySchema } from './entry'

const fileSchema = z.array(z.object({ app: z.string(), entry: entrySchema }))

/** An entry and the app that saved it. */
export interface Owned {
  app: string
  entry: Entry
}

/** The scheduler's entries on disk, in one file. */
export class EntryStore {
  private writing: Promise<void> = Promise.resolve()

  constructor(private readonly file: string) {}

  async load(): Promise<Owned[]> {
    try {
      return fileSchema.parse(JSON.parse(await readFile(this.file, 'utf8')))
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return []
      throw error
    }
  }

  /** Replaces all entries; when this resolves, they survive a restart. */
  save(entries: readonly Owned[]): Promise<void> {
    const content = `${JSON.stringify(entries, null, 2)}\n`
    const written = this.writing.then(() => writeAtomically(this.file, content))
    // A failure concerns this call only.
    this.writing = written.catch(() => undefined)
    return written
  }
}
