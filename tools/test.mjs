// What `npm test` does: lint, types, layers, then every test but the long ones; `npm run test:long` runs those, which
// are slow and seldom fail. The last line counts them.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'

// End-to-end tests wait more than they compute: more of them at a time than the machine has cores.
const WORKERS = 8
const PARALLEL = `--maxWorkers=${WORKERS}`
const LONGEST_FIRST = ['--testSequencer', './tools/longestFirst.cjs']

/** Of these `npm test` tries half as many. */
const HISTORIES = '/(line|changes)\\.property'
/** Folders whose imports keep to layers. */
const LAYERED = ['node', 'sandbox', 'cli', 'console']
const LONG = '\\.long\\.test\\.ts$'
/** Of the long ones: they kill processes, or count how much is done in a time. */
const BUSY = '/(crash|centraCrash|updateCrash|soak|faults)\\.e2e\\.long'

/** Runs a program of the project's packages; its output comes at its end, or at once where it is not held back. */
const run = (title, heldBack, ...command) =>
  new Promise((resolve) => {
    const say = () => process.stdout.write(`\n== ${title}\n`)
    const stdio = heldBack ? ['ignore', 'pipe', 'pipe'] : 'inherit'
    if (!heldBack) say()
    const child = spawn('npx', ['--no-install', ...command], { stdio })
    const said = []
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (part) => said.push(part))
    }
    child.once('error', () => resolve(1))
    child.once('close', (status) => {
      if (heldBack) {
        say()
        process.stdout.write(Buffer.concat(said))
      }
      resolve(status ?? 1)
    })
  })

const counts = { passed: 0, failed: 0, skipped: 0 }

const tests = async (title, ...args) => {
  const outcome = '.sandbox/test-outcome.json'
  rmSync(outcome, { force: true })
  const status = await run(title, false, 'jest', '--json', '--outputFile', outcome, ...args)
  try {
    const found = JSON.parse(readFileSync(outcome, 'utf8'))
    counts.passed += found.numPassedTests
    counts.failed += Math.max(found.numFailedTests, found.numFailedTestSuites)
    counts.skipped += found.numPendingTests
  } catch {
    counts.failed++
  }
  return status
}

mkdirSync('.sandbox', { recursive: true })

const allButTheLongOnes = async () => {
  const checks = await Promise.all([
    run('lint', true, 'biome', 'ci', '.'),
    run('words and documents', true, 'tsx', 'tools/lintText.mjs'),
    run('types', true, 'tsc', '--noEmit'),
    run('types of the browser code', true, 'tsc', '--noEmit', '-p', 'console'),
    run('layers', true, 'depcruise', '--config', '.dependency-cruiser.cjs', ...LAYERED),
    run('docs/openapi.yaml', true, 'tsx', 'tools/openapi.ts', '--check'),
    // By its own tsconfig.json: without the types of tests.
    run('types and build of the app alone', true, 'tsx', 'tools/build.mjs'),
  ])
  return [
    ...checks,
    await tests('tests', PARALLEL, ...LONGEST_FIRST, '--testPathIgnorePatterns', LONG),
    await tests('clients on other versions of axios', '--config', 'jest.axios1.config.js'),
  ]
}

const longOnes = async () => {
  process.env.PROPERTY_RUNS ??= '100'
  const parallel = [PARALLEL, '--testPathPattern', LONG, HISTORIES]
  const busy = ['--maxWorkers=2', '--testPathPattern', BUSY]
  return [
    await tests('long tests', ...parallel, '--testPathIgnorePatterns', BUSY),
    await tests('long tests that keep the machine busy', ...busy),
  ]
}

const statuses = await (process.argv[2] === 'long' ? longOnes() : allButTheLongOnes())
const failed = statuses.filter((status) => status !== 0).length

const { passed, skipped } = counts
process.stdout.write(
  `\n${passed} passed, ${Math.max(counts.failed, failed)} failed, ${skipped} skipped\n`
)
process.exit(failed > 0 ? 1 : 0)
