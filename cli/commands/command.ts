import type { Api } from '../api'
import type { Arguments } from '../arguments'
import type { ExitCode } from '../exitCodes'
import type { Paint } from '../format'

/** What a command works with. */
export interface Context {
  api: Api
  operand: string
  options: Arguments['options']
  now(): number
  sleep(ms: number): Promise<void>
  /** Shows how far a long command is. */
  progress(line: string): void
  paint: Paint
}

/** The result of a command: for `--json` the app's answer, else the text. */
export interface Outcome {
  code: ExitCode
  answer: unknown
  text: string
}

/** @throws {ApiError} {@link UsageError} */
export type Command = (context: Context) => Promise<Outcome>
