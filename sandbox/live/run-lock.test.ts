import { spawnSync } from 'child_process'
import { mkdtemp, readFile, rm, writeFile } from 'fs/promises'
import { tmpdir } from 'os'
import { join } from 'path'
import { UsageError } from '../cli/options'
import { lockFolder } from './run-lock'

let directory: string
const file = () => join(directory, 'lock')
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'run-lock-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

it('lockFolder refuses a folder that another process has locked', async () => {
  await writeFile(file(), String(process.ppid))
  await expect(lockFolder(file())).rejects.toThrow(UsageError)
  expect(await readFile(file(), 'utf8')).toBe(String(process.ppid))
})

it('lockFolder locks again once the lock was released', async () => {
  const release = await lockFolder(file())
  expect(await readFile(file(), 'utf8')).toBe(String(process.pid))
  await release()
  await expect(readFile(file())).rejects.toThrow('ENOENT')
})

it.each([
  ['a process that died', () => String(spawnSync(process.execPath, ['-e', '0']).pid)],
  ['nobody', () => ''],
  ['nothing that is a process', () => '-1'],
])('lockFolder takes over a lock of %s', async (_, holder) => {
  await writeFile(file(), holder())
  await lockFolder(file())
  expect(await readFile(file(), 'utf8')).toBe(String(process.pid))
})
