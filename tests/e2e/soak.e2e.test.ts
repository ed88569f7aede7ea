import { execFile } from 'child_process'
import { join } from 'path'
import { promisify } from 'util'

const REPOSITORY = join(__dirname, '..', '..')
// Patience for a busy machine; a short storm takes half a minute.
const PATIENCE = 240_000
jest.setTimeout(PATIENCE)

/** What it prints; rejects when it exits with anything but 0. */
async function soak(...options: string[]): Promise<string> {
  const command = ['--import', 'tsx', join('sandbox', 'soak', 'main.ts'), ...options]
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: REPOSITORY,
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  })
  return stdout
}

it('a short storm loses nothing, and says what it was', async () => {
  const said = await soak('--minutes', '0.2', '--skus', '60')
  expect(said).toMatch(/ [12] accepted, /)
  expect(said).toMatch(/ [1-9]\d* workers killed/)
  expect(said).toMatch(/faults: [1-9]/)
  expect(said).toMatch(/export after the storm: completed/)
  expect(said).toContain('Nothing was lost.')
})

it('an upstream with a limit is measured, with and without maxRequestsPerMinute', async () => {
  const said = await soak('--limit', '200', '--skus', '200').catch(({ stdout }) => String(stdout))
  expect(said.match(/completed after \d+ s/g)).toHaveLength(2)
  expect(said.match(/[\d.]+ requests\/s while reading/g)).toHaveLength(4)
})
