import { Display } from './cli/display'
import { helpText } from './cli/help'
import { type Options, readOptions, UsageError } from './cli/options'
import { run } from './cli/run'

const BAD_USAGE = 2

async function main(options: Options): Promise<number> {
  const display = new Display(process.stdout)
  const { sandbox, good } = await run(options, display)
  if (!options.exit) {
    display.print('\nCtrl-C ends it.')
    await interrupted()
  }
  await sandbox.stop()
  return good ? 0 : 1
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
