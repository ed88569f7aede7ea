// Builds the app once for all tests: each sandbox would, and several at the same time if none had yet.
import { buildApp } from '../sandbox/platform/build/build.ts'

await buildApp('.', '.sandbox/build')
