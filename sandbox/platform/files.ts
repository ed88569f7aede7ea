import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'

/** What a temporary file's name ends in: readers of a directory skip these, and starts remove them. */
export const TEMPORARY = '.part'

/** Writes a file so that a reader, or a restart after a kill, finds the old content or the new one. */
export async function writeAtomically(path: string, content: Buffer | string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY}`
  try {
    // Files are many and small: node's threads cost more than the page cache. But file systems may flush what
    // is renamed over another file, which takes up to a second: upstreams in this process would stand still.
    writeFileSync(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Whether an error is node's own with this code, such as ENOENT; one of another realm (jest's) too. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
