/** One figure, with what it must be where something is demanded of it. */
export interface Row {
  figure: string
  value: number
  /** How it is shown. */
  text: string
  /** As it is shown, such as `>= 0.92`. */
  target?: string
  isMet?: boolean
}

const shown = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** A figure of which nothing is demanded. */
export const figure = (name: string, value: number, digits = 0, unit = ''): Row => ({
  ...{ figure: name, value, text: `${shown(value, digits)}${unit}` },
})

export const atLeast = (row: Row, target: number): Row => ({
  ...row,
  target: `>= ${shown(target, target < 1 ? 2 : 0)}`,
  isMet: row.value >= target,
})

export const atMost = (row: Row, target: number): Row => ({
  ...row,
  target: `<= ${shown(target, Number.isInteger(target) ? 0 : 2)}`,
  isMet: row.value <= target,
})

/** A table in Markdown, columns of one width. */
export function tableOf(rows: readonly Row[]): string {
  const verdict = ({ isMet }: Row) => (isMet === undefined ? '' : isMet ? 'yes' : 'NO')
  const lines = [
    ['figure', 'measured', 'target', 'met'],
    ...rows.map((row) => [row.figure, row.text, row.target ?? '', verdict(row)]),
  ]
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...lines.map((l) => (l[column] ?? '').length))
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = lines
  const rule = widths.map((width) => '-'.repeat(width))
  return [line(head), line(rule), ...body.map(line)].join('\n')
}
