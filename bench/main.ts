// `npm run bench`: prints a table and writes .sandbox/bench.json and the table of docs/performance.md.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { costs } from './costs'
import { freshness } from './freshness'
import { instead } from './instead'
import { intake } from './intake'
import { memory } from './memory'
import { type Row, tableOf } from './rows'
import { longShare, share } from './share'

const ROOT = join(__dirname, '..')
const PAGE = join(ROOT, 'docs', 'performance.md')
const JSON_FILE = join(ROOT, '.sandbox', 'bench.json')
const BEGIN = '<!-- bench: begin -->'
const END = '<!-- bench: end -->'

const BENCHES: Record<string, { title: string; run(): Promise<Row[]> }> = {
  share: { title: 'Share of the ceiling', run: share },
  longShare: { title: 'Share of the ceiling in a long export', run: longShare },
  costs: { title: 'Requests and VBase calls, in simulated time', run: costs },
  memory: { title: 'Memory of a worker, in simulated time', run: memory },
  freshness: { title: 'Time from a sale to the drop', run: freshness },
  intake: { title: 'Intake of notifications', run: intake },
  instead: { title: 'Beside the plain loop', run: instead },
}

interface Result {
  name: string
  title: string
  seconds: number
  rows: Row[]
}

const say = (text: string) => process.stdout.write(`${text}\n`)

async function writePage(results: readonly Result[]): Promise<void> {
  const text = await readFile(PAGE, 'utf8')
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (before < 0 || after < before) throw new Error(`${PAGE} has no place for the tables`)
  const tables = results.map(({ title, rows }) => `### ${title}\n\n${tableOf(rows)}\n`)
  const middle = `${BEGIN}\n\n${tables.join('\n')}\n`
  await writeFile(PAGE, text.slice(0, before) + middle + text.slice(after))
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } })
  const names = values.only?.split(',') ?? Object.keys(BENCHES)
  const results: Result[] = []
  for (const name of names) {
    const bench = BENCHES[name]
    if (!bench) {
      say(`npm run bench -- --only NAME[,NAME]: ${Object.keys(BENCHES).join(', ')}`)
      return 2
    }
    const began = Date.now()
    const rows = await bench.run()
    const seconds = Math.round((Date.now() - began) / 1_000)
    results.push({ name, title: bench.title, seconds, rows })
    say(`\n## ${bench.title} (${seconds} s)\n\n${tableOf(rows)}`)
  }
  await mkdir(join(JSON_FILE, '..'), { recursive: true })
  await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`)
  // A part of the table would hide that the rest is older.
  if (values.only === undefined) await writePage(results)
  return results.some(({ rows }) => rows.some(({ isMet }) => isMet === false)) ? 1 : 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  }
)
