import { type ParseArgsConfig, parseArgs } from 'util'
import { OWN_FAULTS } from '../faults/own-faults'
import { DELIVERIES, type IntershopDelivery } from '../world/intershop/intershop'
import { COMBINED_FAULTS, FAULT_SCENARIOS } from './fault-scenarios'

/** The options of `npm start`. */
export interface Options {
  help: boolean
  exit: boolean
  /** Delete the state of the last run first. */
  fresh: boolean
  skus: number
  seed: number
  /** Milliseconds added to each request to VTEX and Centra. */
  latency: number
  replicas: number
  /** 0 means any free port; absent means 8080, or any free one when that is taken. */
  port?: number
  /** Megabytes of each worker's heap. */
  workerMemory?: number
  /** Seconds between two kills of a worker. */
  killEvery?: number
  /** The name of a fault scenario. */
  faults?: string
  /** Whether Centra is simulated, with the stock of one seller. */
  centra: boolean
  /** How offers reach Intershop. */
  delivery: IntershopDelivery
  /** Sales and restocks per second after the first export. */
  traffic?: number
  /** Duration of the traffic with `--exit`. */
  minutes: number
}

/** An invalid command line; the message says what was expected. */
export class UsageError extends Error {}

const TEXT = { type: 'string' } as const
const SWITCH = { type: 'boolean', default: false } as const
const OPTIONS = {
  help: { ...SWITCH, short: 'h' },
  exit: SWITCH,
  fresh: SWITCH,
  skus: TEXT,
  seed: TEXT,
  latency: TEXT,
  replicas: TEXT,
  port: TEXT,
  faults: TEXT,
  centra: TEXT,
  delivery: TEXT,
  'worker-memory': TEXT,
  'kill-every': TEXT,
  traffic: TEXT,
  minutes: TEXT,
} as const

/** Parses the arguments after the program's name; throws `UsageError`. */
export function readOptions(args: readonly string[]): Options {
  const values = parseArguments(args, OPTIONS)
  const { help, exit, fresh, faults } = values
  if (faults !== undefined && !Object.hasOwn(FAULT_SCENARIOS, faults)) {
    const names = Object.keys({ ...COMBINED_FAULTS, ...OWN_FAULTS }).join(', ')
    throw new UsageError(
      `--faults ${faults}: expected one of ${names}, or UPSTREAM-FAULT as --help lists them`
    )
  }
  const options: Options = {
    help,
    exit,
    fresh,
    skus: whole('skus', values.skus, 1, 5_000_000) ?? 2000,
    seed: whole('seed', values.seed, 0, 2 ** 31 - 1) ?? 1,
    latency: whole('latency', values.latency, 0, 60_000) ?? 0,
    replicas: whole('replicas', values.replicas, 1, 32) ?? 1,
    port: whole('port', values.port, 0, 65_535),
    workerMemory: whole('worker-memory', values['worker-memory'], 32, 65_536),
    killEvery: decimal('kill-every', values['kill-every'], 0.1, 3600),
    faults,
    delivery: deliveryOf(values.delivery),
    centra: onOrOff('centra', values.centra) ?? true,
    traffic: decimal('traffic', values.traffic, 0.1, 1000),
    minutes: decimal('minutes', values.minutes, 0.1, 1440) ?? 2,
  }
  return options
}

/** Parses the command line of a program; throws `UsageError`. */
export function parseArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T
) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    // Node's message names the option and what is wrong with it; its advice about `--` does not apply.
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new UsageError(`${message}; expected the options that --help lists`)
  }
}

/** Parses a whole number; undefined if the option was not given. Throws `UsageError`. */
export function whole(name: string, text: string | undefined, min: number, max: number) {
  if (text === undefined) return undefined
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UsageError(`--${name} ${text}: expected a whole number from ${min} to ${max}`)
}

function deliveryOf(text = 'icm-sftp'): IntershopDelivery {
  const known = DELIVERIES.find((delivery) => delivery === text)
  if (known !== undefined) return known
  throw new UsageError(`--delivery ${text}: expected one of ${DELIVERIES.join(', ')}`)
}

function onOrOff(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  if (text === 'on' || text === 'off') return text === 'on'
  throw new UsageError(`--${name} ${text}: expected on or off`)
}

/** Parses a number with up to three decimals, like `whole`. */
export function decimal(name: string, text: string | undefined, min: number, max: number) {
  if (text === undefined) return undefined
  const value = /^\d{1,10}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UsageError(`--${name} ${text}: expected a number from ${min} to ${max}`)
}
