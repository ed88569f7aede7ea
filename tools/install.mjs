// Installs the project's packages when they are missing or older than package-lock.json,
// so that `npm start` and `npm test` are each complete on a fresh clone.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'

const installed = 'node_modules/.package-lock.json'
const current =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs

if (!current) {
  process.stderr.write('Installing packages (npm ci)...\n')
  const { status } = spawnSync('npm', ['ci', '--no-progress', '--loglevel=error'], {
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}
