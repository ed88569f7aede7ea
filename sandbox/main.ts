import { Display } from './cli/display'
import { helpText } from './cli/help'
import { type Options, readOptions } from './cli/options'
import { runProgram } from './cli/program'
import { run } from './cli/run'
import { runTraffic } from './cli/traffic'
import type { Sandbox } from './sandbox'

async function main(options: Options): Promise<number> {
  const display = new Display(process.stdout)
  const { sandbox, passed } = await run(options, display)
  const trafficPassed = await keepRunning(sandbox, options, display)
  await sandbox.stop()
  return passed && trafficPassed ? 0 : 1
}

/** Runs the traffic and waits for Ctrl-C, or with `--exit` for the traffic alone; returns whether it passed. */
async function keepRunning(sandbox: Sandbox, options: Options, display: Display): Promise<boolean> {
  const { exit, minutes, traffic } = options
  const sell = (time: number) =>
    traffic === undefined || runTraffic(sandbox, { perSecond: traffic, minutes: time }, display)
  if (exit) return sell(minutes)
  display.print('\nPress Ctrl-C to stop.')
  const stopped = interrupted()
  await Promise.race([stopped, sell(Number.POSITIVE_INFINITY)])
  await stopped
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

runProgram(start)
