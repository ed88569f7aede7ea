// What `npm test` does: lint, types, then every test; the last line counts them.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'

// End-to-end tests wait more than they compute: more of them at a time than the machine has cores.
const WORKERS = 4

// Tests that kill processes every second need the machine for themselves.
const ALONE = '/(crash|soak)\\.e2e'

const run = (title, command, ...args) => {
  process.stdout.write(`\n== ${title}\n`)
  return spawnSync('npx', ['--no-install', command, ...args], { stdio: 'inherit' }).status ?? 1
}

const counts = { passed: 0, failed: 0, skipped: 0 }

const tests = (title, ...args) => {
  const outcome = '.sandbox/test-outcome.json'
  rmSync(outcome, { force: true })
  const status = run(title, 'jest', '--json', '--outputFile', outcome, ...args)
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

const failed = [
  run('lint', 'biome', 'ci', '.'),
  run('types', 'tsc', '--noEmit'),
  run('types of the app alone', 'tsc', '--noEmit', '-p', 'node'),
  tests('tests', `--maxWorkers=${WORKERS}`, '--testPathIgnorePatterns', ALONE),
  tests('tests that need the machine for themselves', '--runInBand', '--testPathPattern', ALONE),
].filter((status) => status !== 0).length

const { passed, skipped } = counts
process.stdout.write(
  `\n${passed} passed, ${Math.max(counts.failed, failed)} failed, ${skipped} skipped\n`
)
process.exit(failed > 0 ? 1 : 0)
