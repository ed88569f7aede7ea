/** A value in a table; numbers are aligned to the right. */
export type Cell = string | number | undefined

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Text of others without control characters, which a terminal would obey. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?')

/** Columns are as wide as their widest cell. */
export function table(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? ''))))
  const isNumeric = (column: number) =>
    rows.length > 0 && rows.every((row) => typeof (row[column] ?? 0) === 'number')
  const width = (column: number) =>
    [titles, ...cells].reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0)
  const layout = titles.map((_, column) => ({ width: width(column), right: isNumeric(column) }))
  const line = (row: readonly string[]) =>
    layout
      .map((each, column) => {
        const text = row[column] ?? ''
        return each.right ? text.padStart(each.width) : text.padEnd(each.width)
      })
      .join('  ')
      .trimEnd()
  return [titles.map((title) => title.toUpperCase()), ...cells].map(line).join('\n')
}

/** `label  value` lines; a value that is absent has no line. */
export function fields(pairs: readonly (readonly [string, string | undefined])[]): string {
  const present = pairs.filter(([, value]) => value !== undefined)
  const width = present.reduce((most, [label]) => Math.max(most, label.length), 0)
  return present
    .map(([label, value]) => `${label.padEnd(width)}  ${printable(value ?? '')}`)
    .join('\n')
}

/** For example `2 h 5 min`. */
export function duration(ms: number): string {
  const at = Math.max(0, ms)
  if (at < MINUTE) return `${Math.round(at / SECOND)} s`
  if (at < HOUR) return parts(at, MINUTE, 'min', SECOND, 's')
  if (at < 2 * DAY) return parts(at, HOUR, 'h', MINUTE, 'min')
  return parts(at, DAY, 'd', HOUR, 'h')
}

function parts(ms: number, large: number, name: string, small: number, rest: string): string {
  const count = Math.floor(ms / large)
  const left = Math.floor((ms - count * large) / small)
  return left === 0 ? `${count} ${name}` : `${count} ${name} ${left} ${rest}`
}

/** For example `2026-03-01 12:00:05 UTC`. */
export const moment = (iso: string): string =>
  new Date(iso)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')

/** `5 min ago`, or `in 5 min`. */
export function relative(iso: string, now: number): string {
  const age = now - Date.parse(iso)
  return age >= 0 ? `${duration(age)} ago` : `in ${duration(-age)}`
}

/** `1 offer`, `2 offers`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

const COLOURS = { green: 32, yellow: 33, red: 31, bold: 1 }

/** Colours text for a terminal, and returns it as it is for anything else. */
export type Paint = (text: string, colour: keyof typeof COLOURS) => string

export const painter =
  (isTerminal: boolean): Paint =>
  (text, colour) =>
    isTerminal ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text
