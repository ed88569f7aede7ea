// What `npm test` does: lint, types, then every test; the last line counts them.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'

const outcome = '.sandbox/test-outcome.json'

const run = (title, command, ...args) => {
  process.stdout.write(`\n== ${title}\n`)
  return spawnSync('npx', ['--no-install', command, ...args], { stdio: 'inherit' }).status ?? 1
}

const count = () => {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(
      readFileSync(outcome, 'utf8')
    )
    return [numPassedTests, Math.max(numFailedTests, numFailedTestSuites), numPendingTests]
  } catch {
    return [0, 1, 0]
  }
}

mkdirSync('.sandbox', { recursive: true })
rmSync(outcome, { force: true })

const failed = [
  run('lint', 'biome', 'ci', '.'),
  run('types', 'tsc', '--noEmit'),
  run('types of the app alone', 'tsc', '--noEmit', '-p', 'node'),
  run(
    'tests',
    'jest',
    '--maxWorkers=2',
    '--json',
    '--outputFile',
    outcome,
    ...process.argv.slice(2)
  ),
].filter((status) => status !== 0).length

const [passed, failures, skipped] = count()
process.stdout.write(
  `\n${passed} passed, ${Math.max(failures, failed)} failed, ${skipped} skipped\n`
)
process.exit(failed > 0 ? 1 : 0)
