import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'

const IMPORTED = /\b(?:from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/** Hashes all inputs of a build: node/ and each top-level folder that it imports, without packages and tests. */
export async function inputHash(app: string): Promise<string> {
  const hash = createHash('sha256')
  for (const [path, content] of await inputs(app)) {
    hash.update(`${path}\0`)
    hash.update(content)
    hash.update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

/** Each input's path in the app and its content, sorted. */
async function inputs(app: string): Promise<[string, Buffer][]> {
  const found = new Map<string, Buffer>()
  const tops = new Set(['node'])
  // The set grows during the loop: an imported folder can import another one.
  for (const top of tops) {
    for (const file of await filesOf(join(app, top))) {
      const content = await readFile(file)
      found.set(relative(app, file).split(sep).join('/'), content)
      for (const other of importedTops(app, file, content)) tops.add(other)
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The top-level folders of the app that a source file imports by relative paths. */
function importedTops(app: string, file: string, content: Buffer): string[] {
  if (!/\.[cm]?[jt]sx?$/.test(file)) return []
  return [...content.toString('utf8').matchAll(IMPORTED)]
    .map(([, path = '']) => relative(app, resolve(dirname(file), path)).split(sep)[0] ?? '')
    .filter((top) => top !== '' && top !== '..')
}

/** The files below a folder without packages and tests; a file itself; none for a missing path. */
async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return []
  if (!found.isDirectory()) return [path]
  const files: string[] = []
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules') {
      files.push(...(await filesOf(below)))
    } else if (entry.isFile() && !entry.name.endsWith('.test.ts')) {
      files.push(below)
    }
  }
  return files
}
