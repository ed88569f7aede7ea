import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'

/** Suffix of temporary files: skipped when a directory is read, removed at the start. */
export const TEMPORARY = '.part'

/** Writes a file atomically: readers, and a restart after a kill, find the old or the new content. */
export async function writeAtomically(path: string, content: Buffer | string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY}`
  try {
    // Synchronous writes of small files are faster than node's thread pool. The rename is asynchronous: replacing a
    // file may flush it for up to a second, which would block the upstreams in this process.
    writeFileSync(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Whether an error has node's `code`, for example ENOENT; also for errors of another realm (jest). */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
