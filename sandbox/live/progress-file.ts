import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { writeAtomically } from '../platform/files'
import { type Counts, countsSchema } from './request-counts'

const progressSchema = z.object({
  exportId: z.string(),
  /** How long the export was worked on, in all runs together. */
  milliseconds: z.number().nonnegative(),
  counts: countsSchema,
})

/** What an export cost so far. */
export interface Progress {
  exportId: string
  milliseconds: number
  counts: Counts
}

/** What an interrupted run leaves for the next one, so that time and requests are counted whole. */
export class ProgressFile {
  constructor(private readonly file: string) {}

  /** What is known of an export; undefined where the file is of another one, or not there. */
  async of(exportId: string): Promise<Progress | undefined> {
    try {
      const saved = progressSchema.parse(JSON.parse(await readFile(this.file, 'utf8')))
      return saved.exportId === exportId ? saved : undefined
    } catch {
      return undefined
    }
  }

  async save(progress: Progress): Promise<void> {
    await writeAtomically(this.file, `${JSON.stringify(progress)}\n`)
  }
}
