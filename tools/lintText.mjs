// Refuses house words, long sentences and table cells, dead links and long documents: the second half of `npm run lint`.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { check, show } from './textChecks.ts'

/**
 * Folders and files whose house words are counted and not refused, until they are renamed. Take out what is clean.
 * Those of tests/ have words of what they test in node/.
 */
const notYet = []

// With files that are new and not committed yet; without those that are removed and not committed yet.
const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
  encoding: 'utf8',
})
const TEXT = /\.(?:ts|mjs|cjs|js|json|md|graphql)$/
const paths = listed.split('\0').filter((path) => path !== '' && existsSync(path))
const files = new Map(
  paths.map((path) => [path, TEXT.test(path) ? readFileSync(path, 'utf8') : ''])
)

const isTolerated = ({ path, message }) =>
  message.startsWith('house word') && notYet.some((place) => path.startsWith(place))

const findings = check(files)
const refused = findings.filter((finding) => !isTolerated(finding))
for (const finding of refused) process.stderr.write(`${show(finding)}\n`)

for (const place of notYet) {
  const tolerated = findings.filter(isTolerated).filter(({ path }) => path.startsWith(place))
  const { length } = tolerated
  process.stderr.write(
    length > 0
      ? `WARNING: ${place} has ${length} lines with house words (node --import tsx tools/lintText.mjs --all lists them)\n`
      : `WARNING: ${place} is clean: take it out of notYet in tools/lintText.mjs\n`
  )
  if (process.argv.includes('--all')) {
    for (const finding of tolerated) process.stderr.write(`  ${show(finding)}\n`)
  }
}
process.exitCode = refused.length > 0 ? 1 : 0
