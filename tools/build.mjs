// Builds the app once for all tests: each sandbox would, and several at the same time if none had yet.
import { buildApp } from '../sandbox/platform/build/build.ts'

try {
  await buildApp('.', '.sandbox/build')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
