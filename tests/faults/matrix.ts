import { parseArgs } from 'util'
import type { App } from '../e2e/support/app'
import { startBench } from './bench'
import { CATALOGUE, type Way, waysOf } from './catalogue'
import type { FaultCase } from './faultCase'
import { type Past, trial } from './trial'

const USAGE = `npm run faults -- [PATTERN] [--minutes N] [--benches N] [--list]

Exports under every fault of every upstream, in every way that it concerns; 1 if anything is
wrong afterwards, or was not tried.

  PATTERN       a regular expression: only the trials whose name it matches
  --minutes N   begin no trial after so many minutes (120)
  --benches N   sandboxes at a time (3): they wait more than they compute
  --list        only print the names
`

interface Trial {
  name: string
  fault: FaultCase
  way: Way
}

const ALL: readonly Trial[] = CATALOGUE.flatMap((fault) =>
  waysOf(fault).map((way) => ({ name: `${fault.name} (${way})`, fault, way }))
)

const print = (line: string) => process.stdout.write(`${line}\n`)

/** What is wrong after a trial, if anything; then also what the app logged last. */
interface Found {
  violations: string[]
  log?: string[]
}

/** A sandbox in which something went wrong is not trusted any more: its log is shown, and another started. */
class Bench {
  private app: App | undefined
  private delivery: FaultCase['delivery']
  private past: Past = { trials: 0, due: new Set() }

  async try({ fault, way }: Trial): Promise<Found> {
    const app = await this.ready(fault)
    try {
      const { violations } = await trial(app, fault, way, this.past)
      return { violations, ...(violations.length > 0 && { log: await this.discard(app) }) }
    } catch (error) {
      const violations = [error instanceof Error ? error.message : String(error)]
      return { violations, log: await this.discard(app) }
    }
  }

  async end(): Promise<void> {
    await this.app?.stop()
    this.app = undefined
  }

  private async ready({ delivery }: FaultCase): Promise<App> {
    if (this.app && this.delivery === delivery) return this.app
    await this.end()
    this.delivery = delivery
    this.app = await startBench(delivery)
    this.past.due.clear()
    return this.app
  }

  private async discard(app: App): Promise<string[]> {
    const own = (await app.log()).split('\n').filter((line) => line.includes('"__VTEX_IO_LOG"'))
    await this.end()
    return own.slice(-20).map((line) => line.replace(/^.*"data":/, '').slice(0, 300))
  }
}

/** Tries one and prints what came of it. */
async function isRight(bench: Bench, each: Trial): Promise<boolean> {
  const begun = Date.now()
  const { violations, log = [] } = await bench.try(each)
  const seconds = ((Date.now() - begun) / 1_000).toFixed(1)
  const right = violations.length === 0
  print(`${right ? 'ok   ' : 'WRONG'} ${seconds.padStart(6)} s  ${each.name}`)
  for (const violation of violations) print(`        ${violation}`)
  for (const line of log) print(`    | ${line}`)
  return right
}

async function run(chosen: readonly Trial[], minutes: number, benches: number): Promise<number> {
  const end = Date.now() + minutes * 60_000
  const wrong: string[] = []
  let tried = 0
  // Each bench takes the next that none has taken.
  const left = chosen.values()
  const tryOnBench = async () => {
    const bench = new Bench()
    try {
      for (const each of left) {
        if (Date.now() > end) break
        tried++
        if (!(await isRight(bench, each))) wrong.push(each.name)
      }
    } finally {
      await bench.end()
    }
  }
  await Promise.all(Array.from({ length: benches }, tryOnBench))
  const untried = chosen.length - tried
  print(`\n${tried} trials, ${wrong.length} wrong, ${untried} not tried for lack of time`)
  for (const name of wrong) print(`  wrong: ${name}`)
  return wrong.length + untried === 0 && tried > 0 ? 0 : 1
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '120' },
      benches: { type: 'string', default: '3' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const pattern = new RegExp(positionals.join(' '), 'i')
  const chosen = ALL.filter(({ name }) => pattern.test(name))
  if (values.help) print(USAGE)
  if (values.list) for (const { name } of chosen) print(name)
  return values.help || values.list
    ? 0
    : run(chosen, Number(values.minutes), Number(values.benches))
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exit(1)
  }
)
