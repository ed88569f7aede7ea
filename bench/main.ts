// `npm run bench`: prints tables, writes them into docs/performance.md, and writes .sandbox/bench.json.
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
interface Bench {
  title: string
  run(): Promise<Row[]>
  /** Minutes: runs only when it is named, or with `--long`. */
  isLong?: boolean
}

const BENCHES: Record<string, Bench> = {
  share: { title: 'Share of the ceiling', run: share },
  longShare: { title: 'Share of the ceiling in a long export', run: longShare, isLong: true },
  costs: {
    title: 'Requests and VBase calls, in simulated time',
    run: () => costs([2_000, 100_000]),
  },
  costsLarge: { title: 'The same for a large catalog', run: () => costs([500_000]), isLong: true },
  memory: { title: 'Memory of a worker, in simulated time', run: () => memory([10_000, 100_000]) },
  million: { title: 'Memory for a million SKUs', run: () => memory([1_000_000]), isLong: true },
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

/** Writes the table of a part where the page has its marks. */
async function writePage({ name, title, rows }: Result): Promise<void> {
  const text = await readFile(PAGE, 'utf8')
  const marks = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`] as const
  const [before, after] = marks.map((mark) => text.indexOf(mark))
  if (before === undefined || after === undefined || before < 0 || after < before) {
    throw new Error(`${PAGE} has no place for ${name}`)
  }
  const table = `${marks[0]}\n\n### ${title}\n\n${tableOf(rows)}\n\n`
  await writeFile(PAGE, text.slice(0, before) + table + text.slice(after))
}

async function main(): Promise<number> {
  const options = { only: { type: 'string' }, long: { type: 'boolean' } } as const
  const { values } = parseArgs({ options })
  const all = Object.entries(BENCHES).filter(([, { isLong }]) => values.long || !isLong)
  const names = values.only?.split(',') ?? all.map(([name]) => name)
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
    const result = { name, title: bench.title, seconds, rows }
    results.push(result)
    await writePage(result)
    say(`\n## ${bench.title} (${seconds} s)\n\n${tableOf(rows)}`)
  }
  await mkdir(join(JSON_FILE, '..'), { recursive: true })
  await writeFile(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`)
  return results.some(({ rows }) => rows.some(({ isMet }) => isMet === false)) ? 1 : 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  }
)
