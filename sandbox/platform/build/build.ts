import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { hasCode } from '../files'
import { compile } from './compile'
import { inputHash } from './inputs'

/** A compiled app. */
export interface Build {
  /** What a worker's working directory must be: it holds `service/service.json` and `service/src/node/index.js`. */
  directory: string
  /** False when these inputs had been compiled before. */
  compiled: boolean
}

/**
 * Compiles `{appDirectory}/node`, and what it imports from beside it, as VTEX's node builder does (TypeScript to
 * CommonJS, by node/tsconfig.json)
 * into `{buildDirectory}/{hash of the inputs}`: equal inputs are compiled once, and a process that runs one
 * build is never disturbed by another. Throws with the compiler's text on a type error.
 */
export async function buildApp(appDirectory: string, buildDirectory: string): Promise<Build> {
  const source = resolve(appDirectory, 'node')
  const hash = await inputHash(resolve(appDirectory))
  const directory = resolve(buildDirectory, hash)
  if (existsSync(join(directory, 'service', 'service.json'))) {
    return { directory, compiled: false }
  }
  const temporary = `${directory}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    const output = join(temporary, 'service', 'src', 'node')
    await mkdir(output, { recursive: true })
    await compile(source, dirname(output))
    await copyFile(join(source, 'service.json'), join(temporary, 'service', 'service.json'))
    await linkPackages(source, output)
    await rename(temporary, directory)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    // Another process was quicker with the same inputs.
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) {
      throw error
    }
  }
  return { directory, compiled: true }
}

/** Packages that npm did not hoist resolve from the build as they do from node/. */
async function linkPackages(source: string, output: string): Promise<void> {
  const packages = join(source, 'node_modules')
  if (existsSync(packages)) {
    await symlink(packages, join(output, 'node_modules'), 'dir')
  }
}
