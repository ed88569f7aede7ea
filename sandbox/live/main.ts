import { Display } from '../cli/display'
import { UsageError } from '../cli/options'
import { takeCredentials } from './credentials'
import { LIVE_HELP, readLiveOptions } from './options'
import { runLive } from './run'

const BAD_USAGE = 2
const INTERRUPTED = 130

/** Somebody ended the run. */
class Interrupted extends Error {}

async function start(): Promise<number> {
  const options = readLiveOptions(process.argv.slice(2))
  const display = new Display(process.stdout)
  if (options === undefined) {
    display.print(LIVE_HELP)
    return 0
  }
  const credentials = takeCredentials(process.env)
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => ending.abort(new Interrupted()))
  }
  try {
    return (await runLive(options, credentials, display, ending.signal)) ? 0 : 1
  } catch (error) {
    if (!ending.signal.aborted) throw error
    display.print('Interrupted. The same command goes on where this one stopped.')
    return INTERRUPTED
  }
}

start().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(error instanceof UsageError ? BAD_USAGE : 1)
  }
)
