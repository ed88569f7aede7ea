import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** A short hash of everything that a build depends on: all of node/ but its packages and its tests. */
export async function inputHash(source: string): Promise<string> {
  const hash = createHash('sha256')
  for (const file of await inputFiles(source)) {
    hash.update(`${relative(source, file).split(sep).join('/')}\0`)
    hash.update(await readFile(file))
    hash.update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

async function inputFiles(directory: string): Promise<string[]> {
  const files: string[] = []
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules') {
      files.push(...(await inputFiles(path)))
    } else if (entry.isFile() && !entry.name.endsWith('.test.ts')) {
      files.push(path)
    }
  }
  return files.sort()
}
