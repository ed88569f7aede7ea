import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'fs'
import { dirname } from 'path'

const NEWLINE = 10

/**
 * The values of an append-only file of JSON lines; none when it does not exist.
 * Half a line at its end, left by a killed process, is cut off.
 */
export function* readJsonLines<T>(file: string): Generator<T> {
  if (!existsSync(file)) return
  const content = readFileSync(file)
  let start = 0
  for (let end = content.indexOf(NEWLINE); end >= 0; end = content.indexOf(NEWLINE, start)) {
    const value: T = JSON.parse(content.toString('utf8', start, end))
    yield value
    start = end + 1
  }
  if (start < content.length) truncateSync(file, start)
}

/** Appends a value; its folder is made when missing. */
export function appendJsonLine(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(value)}\n`)
}
