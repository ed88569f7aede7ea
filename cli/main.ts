import { setTimeout as sleep } from 'node:timers/promises'
import { readAccess } from './access'
import { Api, ApiError } from './api'
import { type CommandName, readArguments, UsageError } from './arguments'
import { check } from './commands/check'
import type { Command } from './commands/command'
import { listExports, watch, why } from './commands/exports'
import { dismiss, held, release, sku } from './commands/offers'
import { status } from './commands/status'
import { type ExitCode, OK, UNKNOWN } from './exitCodes'
import { painter } from './format'
import { helpText } from './help'

const RUN: Record<CommandName, Command> = {
  ...{ status, exports: listExports, watch, why, sku, held, release, dismiss, check },
}

/** Where a command reads and writes; tests replace it. */
export interface Terminal {
  environment: NodeJS.ProcessEnv
  out: { write(text: string): unknown; isTTY?: boolean }
  error: { write(text: string): unknown; isTTY?: boolean }
  now(): number
  sleep(ms: number): Promise<void>
}

const PROCESS: Terminal = {
  environment: process.env,
  out: process.stdout,
  error: process.stderr,
  now: Date.now,
  sleep: (ms) => sleep(ms),
}

/** Runs a command line, prints its result and returns the exit code; never throws. */
export async function main(args: readonly string[], terminal = PROCESS): Promise<ExitCode> {
  const { out, error, environment } = terminal
  try {
    const { command, operand, options } = readArguments(args)
    if (options.help || command === undefined) {
      out.write(helpText(command))
      return OK
    }
    const progress = progressOn(error)
    const outcome = await RUN[command]({
      api: new Api(readAccess(options, environment)),
      ...{ operand, options, now: terminal.now, sleep: terminal.sleep },
      progress: progress.show,
      paint: painter(out.isTTY === true && !options.json && !environment.NO_COLOR),
    }).finally(progress.end)
    out.write(`${options.json ? JSON.stringify(outcome.answer, null, 2) : outcome.text}\n`)
    return outcome.code
  } catch (thrown) {
    const isKnown = thrown instanceof UsageError || thrown instanceof ApiError
    // Of anything else the message may have what was read: its name must do.
    const text = isKnown ? thrown.message : `a bug of this program (${(thrown as Error).name})`
    error.write(`intershop-stock: ${text}\n`)
    return UNKNOWN
  }
}

/** Progress is one line that is replaced on a terminal, else a line whenever it changes. */
function progressOn(stream: Terminal['error']) {
  let last: string | undefined
  return {
    show(line: string) {
      if (line !== last) stream.write(stream.isTTY ? `\r\u001b[K${line}` : `${line}\n`)
      last = line
    },
    end() {
      if (stream.isTTY && last !== undefined) stream.write('\r\u001b[K')
    },
  }
}
