import type { CheckResult } from './checks'

/** The checks for a terminal: a line for each, and below it what to do if it failed. */
export function textTable(checks: readonly CheckResult[]): string {
  const rows = checks.map((check) => ({ ...check, time: `${check.durationMs} ms` }))
  const width = (column: 'name' | 'status' | 'time') =>
    rows.reduce((most, row) => Math.max(most, row[column].length), 0)
  const [name, status, time] = [width('name'), width('status'), width('time')]
  const indent = ' '.repeat(name + status + time + 6)
  const lines = rows.flatMap((row) => [
    `${row.name.padEnd(name)}  ${row.status.padEnd(status)}  ${row.time.padStart(time)}  ${row.message}`,
    ...(row.do ? [`${indent}-> ${row.do}`] : []),
  ])
  const failed = checks.filter((check) => check.status === 'failed').length
  const verdict = failed === 0 ? 'No check failed.' : `${failed} of ${checks.length} checks failed.`
  return `${[...lines, '', verdict].join('\n')}\n`
}
