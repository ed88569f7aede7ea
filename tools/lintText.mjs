// Refuses house words, long sentences and table cells, dead links and long documents: the second half of `npm run lint`.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { check, show } from './textChecks.ts'

// With files that are new and not committed yet; without those that are removed and not committed yet.
const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
  encoding: 'utf8',
})
const TEXT = /\.(?:ts|mjs|cjs|js|json|md|graphql)$/
const paths = listed.split('\0').filter((path) => path !== '' && existsSync(path))
const files = new Map(
  paths.map((path) => [path, TEXT.test(path) ? readFileSync(path, 'utf8') : ''])
)

const findings = check(files)
for (const finding of findings) process.stderr.write(`${show(finding)}\n`)
process.exitCode = findings.length > 0 ? 1 : 0
