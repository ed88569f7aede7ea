import { mkdtempSync, rmSync } from 'fs'
import { tmpdir } from 'os'
import { join } from 'path'
import { Display } from '../cli/display'
import { runProgram } from '../cli/program'
import { runChaos } from './chaos'
import { exportUnderLimit, skusFor } from './limit'
import { limitedRunProblems, limitSummary, unlimitedRunProblems } from './limit-verdict'
import { readSoakOptions, SOAK_HELP, type SoakOptions } from './options'

/** maxRequestsPerMinute of the second export, as a share of the limit. */
const LIMITED_SHARE = 0.8

/** Runs the soak and returns the problems that it found. */
async function soak(options: SoakOptions, directory: string, display: Display): Promise<string[]> {
  const { limit, scope, skus } = options
  if (limit === undefined) return runChaos(options, directory, display)
  const size = skus ?? skusFor(limit, scope)
  const measure = (name: string, perMinute: number) =>
    exportUnderLimit(options, limit, size, perMinute, join(directory, name), display)
  const allowed = `VTEX allows ${limit} requests/s for ${scope === 'host' ? 'all APIs together' : 'each API'}`
  const unlimited = await measure('unlimited', 0)
  display.print(limitSummary(`${allowed}; no maxRequestsPerMinute`, unlimited))
  const perMinute = Math.floor(LIMITED_SHARE * limit * 60)
  const limited = await measure('limited', perMinute)
  display.print(limitSummary(`${allowed}; maxRequestsPerMinute ${perMinute}`, limited))
  return [...unlimitedRunProblems(limit, unlimited), ...limitedRunProblems(limited)]
}

async function start(): Promise<number> {
  const options = readSoakOptions(process.argv.slice(2))
  const display = new Display(process.stdout)
  if (options.help) {
    display.print(SOAK_HELP)
    return 0
  }
  const directory = mkdtempSync(join(tmpdir(), 'soak-'))
  const problems = await soak(options, directory, display)
  if (problems.length === 0) {
    rmSync(directory, { recursive: true, force: true })
    display.print('\nPassed: nothing was lost.')
    return 0
  }
  display.print(`\n${problems.map((each) => `FAILED: ${each}`).join('\n')}`)
  display.print(`Log and documents of the app: ${directory}`)
  return 1
}

runProgram(start)
