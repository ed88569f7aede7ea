import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'fs'
import { dirname } from 'path'

const NEWLINE = 10

/**
 * Reads an append-only file of JSON lines; none if it is missing. Removes an incomplete last line of a killed process.
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

/** Appends a value; creates the folder if missing. */
export function appendJsonLine(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(value)}\n`)
}
