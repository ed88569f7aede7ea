import { execFile } from 'child_process'
import { join } from 'path'
import { promisify } from 'util'

const REPOSITORY = join(__dirname, '..', '..', '..')
/** Milliseconds, for a busy machine; a short soak takes half a minute. */
export const SOAK_TIMEOUT = 240_000

/** What `npm run soak` prints with options; rejects when it exits with anything but 0, and says it then. */
export async function soak(...options: string[]): Promise<string> {
  const command = ['--import', 'tsx', join('sandbox', 'soak', 'main.ts'), ...options]
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: REPOSITORY,
    timeout: SOAK_TIMEOUT,
    killSignal: 'SIGKILL',
  }).catch((error: Error & { stdout: string }) => {
    throw Object.assign(error, { message: `${error.message}\n${error.stdout}` })
  })
  return stdout
}
