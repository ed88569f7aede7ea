import { readFile, rm, writeFile } from 'node:fs/promises'
import { UsageError } from '../cli/options'
import { hasCode } from '../platform/files'

/**
 * Keeps other processes from the same account's folder: two at once would spoil each other's state, and ask VTEX twice
 * as much. Resolves with what lets go of it. A process that died holds nothing.
 * @throws {UsageError} while another process has it
 */
export async function lockFolder(file: string): Promise<() => Promise<void>> {
  const own = String(process.pid)
  try {
    await writeFile(file, own, { flag: 'wx' })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    const holder = Number(await readFile(file, 'utf8').catch(() => ''))
    if (isAlive(holder)) {
      throw new UsageError(`--account: process ${holder} runs for this account already`)
    }
    await writeFile(file, own)
  }
  return () => rm(file, { force: true })
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}
