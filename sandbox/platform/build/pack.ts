import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import picomatch from 'picomatch'
import { hasCode } from '../files'

/** VTEX IO: never uploaded, whatever .vtexignore says; files at the root only. */
const IGNORED_FILES = ['package.json', 'README.md']
const IGNORED_FOLDERS = ['node_modules', '.git']

/**
 * Lists the files that VTEX uploads with an app, sorted and relative to `appDirectory`: all except those above and the
 * globs in `.vtexignore`. There, `#` starts a comment and a trailing `/` means a folder. Dot files are included.
 */
export async function listPackage(appDirectory: string): Promise<string[]> {
  const globs = [...IGNORED_FILES, ...(await readIgnored(appDirectory))]
  const ignored = picomatch(globs, { dot: true })
  const files: string[] = []
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(appDirectory, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && !IGNORED_FOLDERS.includes(entry.name)) {
        await visit(path)
      } else if (entry.isFile() && !ignored(path)) {
        files.push(path)
      }
    }
  }
  await visit('')
  return files.sort()
}

/** Copies the files that VTEX uploads to `target` (created), and returns their list. */
export async function packApp(appDirectory: string, target: string): Promise<string[]> {
  const files = await listPackage(appDirectory)
  for (const file of files) {
    await mkdir(dirname(join(target, file)), { recursive: true })
    await copyFile(join(appDirectory, file), join(target, file))
  }
  return files
}

async function readIgnored(appDirectory: string): Promise<string[]> {
  const text = await readFile(join(appDirectory, '.vtexignore'), 'utf8').catch((error) => {
    if (hasCode(error, 'ENOENT')) {
      return ''
    }
    throw error
  })
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.endsWith('/') ? `${line}**` : line))
}
