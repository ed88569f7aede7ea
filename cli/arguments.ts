import { parseArgs } from 'node:util'

/** A wrong command line; the message says what was expected. */
export class UsageError extends Error {}

export const COMMANDS = {
  status: 'whether stock reaches Intershop, why not, and what helps',
  exports: 'the latest exports',
  watch: 'the progress of an export until it ends',
  why: 'why an export is late, failed or incomplete, and what to do',
  sku: 'what Intershop was last sent of a SKU',
  held: 'offers that are held back because too many dropped to 0',
  release: 'send held offers as they are now',
  dismiss: 'keep the last sent quantities of held offers',
  check: 'try every connection that exports need',
} as const

export type CommandName = keyof typeof COMMANDS

const TEXT = { type: 'string' } as const
const MANY = { type: 'string', multiple: true } as const
const SWITCH = { type: 'boolean' } as const

const EVERYWHERE = {
  help: { ...SWITCH, short: 'h' },
  url: TEXT,
  'token-file': TEXT,
  json: SWITCH,
} as const
const OPTIONS = {
  ...EVERYWHERE,
  status: TEXT,
  route: TEXT,
  trigger: TEXT,
  limit: TEXT,
  before: TEXT,
  interval: TEXT,
  live: SWITCH,
  seller: MANY,
  sku: MANY,
  'dry-run': SWITCH,
  watch: SWITCH,
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** The operand of a command, and the options that it has beside those of all commands. */
const TAKES: Record<CommandName, { operand?: 'ID' | 'SKU'; options: readonly (keyof Values)[] }> = {
  status: { options: [] },
  exports: { options: ['status', 'route', 'trigger', 'limit', 'before'] },
  watch: { operand: 'ID', options: ['interval'] },
  why: { operand: 'ID', options: [] },
  sku: { operand: 'SKU', options: ['live'] },
  held: { options: ['seller', 'limit', 'before'] },
  release: { options: ['seller', 'sku', 'dry-run', 'watch', 'interval'] },
  dismiss: { options: ['seller', 'sku', 'dry-run', 'watch', 'interval'] },
  check: { options: [] },
}

/** A parsed command line. */
export interface Arguments {
  command: CommandName | undefined
  operand: string
  options: Values
}

/** @throws {UsageError} */
export function readArguments(args: readonly string[]): Arguments {
  const { values: options, positionals } = parse(args)
  const [command, ...operands] = positionals
  if (options.help && (command === undefined || !isCommand(command))) {
    return { command: undefined, operand: '', options }
  }
  if (command === undefined || !isCommand(command)) {
    const given = command === undefined ? 'no command' : `unknown command ${command}`
    throw new UsageError(`${given}: expected one of ${Object.keys(COMMANDS).join(', ')}`)
  }
  if (!options.help) requireForm(command, operands, options)
  return { command, operand: operands[0] ?? '', options }
}

function requireForm(command: CommandName, operands: readonly string[], options: Values): void {
  const { operand, options: own } = TAKES[command]
  if (operands.length !== (operand === undefined ? 0 : 1)) {
    const expected = operand === undefined ? 'nothing after it' : `one ${operand} after it`
    throw new UsageError(`${command}: expected ${expected}`)
  }
  const allowed: readonly string[] = [...Object.keys(EVERYWHERE), ...own]
  const foreign = Object.keys(options).find((name) => !allowed.includes(name))
  if (foreign !== undefined) {
    throw new UsageError(`${command} has no option --${foreign}; see ${command} --help`)
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    if (args.some((arg) => /^--token(=|$)/.test(arg))) {
      throw new UsageError(
        'a token on the command line can be read by others: put it into a file (--token-file) or INTERSHOP_STOCK_TOKEN'
      )
    }
    // Node's first sentence names the option and what is wrong with it.
    const [message] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new UsageError(`${message}; see --help`)
  }
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)

/** A whole number; undefined if the option is absent. @throws {UsageError} */
export function whole(name: string, text: string | undefined, min: number, max: number) {
  if (text === undefined) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UsageError(`${name} ${text}: expected a whole number from ${min} to ${max}`)
}

/** One of a few words; undefined if the option is absent. @throws {UsageError} */
export function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  words: readonly T[]
) {
  if (text === undefined) return undefined
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  throw new UsageError(`${name} ${text}: expected one of ${words.join(', ')}`)
}

export const optionsOf = (command: CommandName) => TAKES[command]
