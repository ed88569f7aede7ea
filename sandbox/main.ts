import { Display } from './cli/display'
import { helpText } from './cli/help'
import { type Options, readOptions, UsageError } from './cli/options'
import { run } from './cli/run'
import { runTraffic } from './cli/traffic'
import type { Sandbox } from './sandbox'

const BAD_USAGE = 2

async function main(options: Options): Promise<number> {
  const display = new Display(process.stdout)
  const { sandbox, good } = await run(options, display)
  const fresh = await stay(sandbox, options, display)
  await sandbox.stop()
  return good && fresh ? 0 : 1
}

/** What comes after the first export; answers whether all went well that was to be checked. */
async function stay(sandbox: Sandbox, options: Options, display: Display): Promise<boolean> {
  const { exit, minutes, traffic } = options
  const flow = (time: number) =>
    traffic === undefined || runTraffic(sandbox, { perSecond: traffic, minutes: time }, display)
  if (exit) return flow(minutes)
  display.print('\nCtrl-C ends it.')
  const over = interrupted()
  await Promise.race([over, flow(Number.POSITIVE_INFINITY)])
  await over
  return true
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

async function start(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (!options.help) return main(options)
  process.stdout.write(helpText())
  return 0
}

start().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(error instanceof UsageError ? BAD_USAGE : 1)
  }
)
