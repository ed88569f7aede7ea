import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { hasCode } from '../files'
import { compile } from './compile'
import { inputHash } from './inputs'

/** A compiled app. */
export interface Build {
  /** The worker's working directory, with `service/service.json` and `service/src/node/index.js`. */
  directory: string
  /** False if the same inputs were compiled before. */
  compiled: boolean
}

/**
 * Compiles `{appDirectory}/node` and the folders that it imports to CommonJS, like VTEX's node builder, by
 * node/tsconfig.json. The output folder is `{buildDirectory}/{hash of the inputs}`: equal inputs are compiled once, and
 * a running build is never overwritten. Throws the compiler's messages on a type error.
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
    // Another process has built the same inputs meanwhile.
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) {
      throw error
    }
  }
  return { directory, compiled: true }
}

/** Makes packages that npm did not hoist resolvable from the build. */
async function linkPackages(source: string, output: string): Promise<void> {
  const packages = join(source, 'node_modules')
  if (existsSync(packages)) {
    await symlink(packages, join(output, 'node_modules'), 'dir')
  }
}
