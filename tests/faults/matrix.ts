import { parseArgs } from 'util'
import { App } from '../e2e/support/app'
import { CATALOGUE, type Way, waysOf } from './catalogue'
import { BENCH, type FaultCase } from './faultCase'
import { type Past, trial } from './trial'

const USAGE = `npm run faults -- [PATTERN] [--minutes N] [--list]

Exports under every fault of every upstream, in every way that it concerns; 1 if anything is
wrong afterwards, or was not tried.

  PATTERN       a regular expression: only the trials whose name it matches
  --minutes N   begin no trial after so many minutes (120)
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

/** A sandbox in which something went wrong is not trusted any more: its log is shown, and another started. */
class Bench {
  private app: App | undefined
  private past: Past = { trials: 0, due: new Set() }

  async try({ fault, way }: Trial): Promise<string[]> {
    const app = await this.ready()
    try {
      const { violations } = await trial(app, fault, way, this.past)
      if (violations.length > 0) await this.discard(app)
      return violations
    } catch (error) {
      await this.discard(app)
      return [error instanceof Error ? error.message : String(error)]
    }
  }

  async end(): Promise<void> {
    await this.app?.stop()
    this.app = undefined
  }

  private async ready(): Promise<App> {
    if (this.app) return this.app
    this.app = await App.start(BENCH)
    this.past.due.clear()
    await this.app.exported()
    return this.app
  }

  private async discard(app: App): Promise<void> {
    const own = (await app.log()).split('\n').filter((line) => line.includes('"__VTEX_IO_LOG"'))
    for (const line of own.slice(-20)) {
      print(`    | ${line.replace(/^.*"data":/, '').slice(0, 300)}`)
    }
    await this.end()
  }
}

async function run(chosen: readonly Trial[], minutes: number): Promise<number> {
  const end = Date.now() + minutes * 60_000
  const bench = new Bench()
  const wrong: string[] = []
  let tried = 0
  try {
    for (const each of chosen) {
      if (Date.now() > end) break
      const begun = Date.now()
      const violations = await bench.try(each)
      tried++
      const seconds = ((Date.now() - begun) / 1_000).toFixed(1)
      print(`${violations.length === 0 ? 'ok   ' : 'WRONG'} ${seconds.padStart(6)} s  ${each.name}`)
      for (const violation of violations) print(`        ${violation}`)
      if (violations.length > 0) wrong.push(each.name)
    }
  } finally {
    await bench.end()
  }
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
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const pattern = new RegExp(positionals.join(' '), 'i')
  const chosen = ALL.filter(({ name }) => pattern.test(name))
  if (values.help) print(USAGE)
  if (values.list) for (const { name } of chosen) print(name)
  return values.help || values.list ? 0 : run(chosen, Number(values.minutes))
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exit(1)
  }
)
