import { mkdtempSync, rmSync } from 'fs'
import { tmpdir } from 'os'
import { join } from 'path'
import { Display } from '../cli/display'
import { UsageError } from '../cli/options'
import { exportUnderLimit, skusFor } from './limit'
import { boundedComplaints, learningComplaints, limitLines } from './limit-verdict'
import { readSoakOptions, SOAK_HELP, type SoakOptions } from './options'
import { storm } from './storm'

const BAD_USAGE = 2
/** Of what the upstream allows, what the app is told to stay below. */
const BOUND = 0.8

/** Answers what must not be. */
async function soak(options: SoakOptions, directory: string, display: Display): Promise<string[]> {
  const { limit, scope, skus } = options
  if (limit === undefined) return storm(options, directory, display)
  const size = skus ?? skusFor(limit, scope)
  const measure = (name: string, perMinute: number) =>
    exportUnderLimit(options, limit, size, perMinute, join(directory, name), display)
  const allowed = `VTEX allows ${limit} requests/s for ${scope === 'host' ? 'all APIs together' : 'each API'}`
  const learning = await measure('learning', 0)
  display.print(limitLines(`${allowed}; no maxRequestsPerMinute`, learning))
  const perMinute = Math.floor(BOUND * limit * 60)
  const bounded = await measure('bounded', perMinute)
  display.print(limitLines(`${allowed}; maxRequestsPerMinute ${perMinute}`, bounded))
  return [...learningComplaints(limit, learning), ...boundedComplaints(bounded)]
}

async function start(): Promise<number> {
  const options = readSoakOptions(process.argv.slice(2))
  const display = new Display(process.stdout)
  if (options.help) {
    display.print(SOAK_HELP)
    return 0
  }
  const directory = mkdtempSync(join(tmpdir(), 'soak-'))
  const wrong = await soak(options, directory, display)
  if (wrong.length === 0) {
    rmSync(directory, { recursive: true, force: true })
    display.print('\nNothing was lost.')
    return 0
  }
  display.print(`\n${wrong.map((each) => `WRONG: ${each}`).join('\n')}`)
  display.print(`The app's log and all documents are in ${directory}`)
  return 1
}

start().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(error instanceof UsageError ? BAD_USAGE : 1)
  }
)
