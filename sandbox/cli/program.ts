import { UsageError } from './options'

const BAD_USAGE = 2

/** Runs a program and exits with its code. On an error it prints the message and exits with 2 (`UsageError`) or 1. */
export function runProgram(start: () => Promise<number>): void {
  start().then(
    (code) => process.exit(code),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(error instanceof UsageError ? BAD_USAGE : 1)
    }
  )
}
