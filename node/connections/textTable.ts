import { groupBy } from 'ramda'
import type { CheckResult } from './checks'

/** The checks for a terminal: a line for each, then what to do about those that failed. */
export function textTable(checks: readonly CheckResult[]): string {
  const rows = checks.map((check) => ({ ...check, time: `${check.durationMs} ms` }))
  const width = (column: 'name' | 'status' | 'time') =>
    rows.reduce((most, row) => Math.max(most, row[column].length), 0)
  const [name, status, time] = [width('name'), width('status'), width('time')]
  const lines = rows.map(
    (row) =>
      `${row.name.padEnd(name)}  ${row.status.padEnd(status)}  ${row.time.padStart(time)}  ${row.message}`
  )
  const failed = checks.filter((check) => check.status === 'failed')
  if (failed.length === 0) return `${lines.join('\n')}\n\nNo check failed.\n`
  const byAdvice = Object.entries(groupBy((check) => check.do ?? '', failed))
  const advice = byAdvice.map(
    ([what, those = []]) => `- ${those.map((check) => check.name).join(', ')}: ${what}`
  )
  const verdict = `${failed.length} of ${checks.length} checks failed. What to do:`
  return `${[...lines, '', verdict, ...advice].join('\n')}\n`
}
