import { parseArgs } from 'util'
import { decimal, UsageError, whole } from '../cli/options'
import { HEADER_FORMS, type HeaderForm } from '../platform'

/** What `npm run soak` was asked to do: a storm, or with `limit` an upstream that allows so much. */
export interface SoakOptions {
  help: boolean
  /** How long the storm lasts. */
  minutes: number
  /** SKUs of the account; absent: what suits the run. */
  skus?: number
  seed: number
  /** Requests a second that VTEX allows. */
  limit?: number
  scope: LimitScope
  /** How a refusal says when to come back. */
  header: HeaderForm
  /** Milliseconds that each call to VTEX takes, while it is limited. */
  latency: number
}

/** Whether all of VTEX's APIs share one limit, or each has its own: VTEX publishes neither. */
export type LimitScope = 'host' | 'api'

const SCOPES: readonly LimitScope[] = ['host', 'api']
const TEXT = { type: 'string' } as const

/** The text of `--help`. */
export const SOAK_HELP = `npm run soak -- [options]

A storm: every kind of fault, three workers of which one is killed every five seconds, twenty changes
of stock a second in VTEX and four in Centra, an export posted every ten seconds. Then quiet, one more
export, and Intershop is compared with VTEX and Centra. Exits with 1 when an export, an offer or a secret was lost.

  --minutes N          how long the storm lasts (5)
  --skus N             SKUs of the VTEX account (300)
  --seed N             another seed, another account and other changes (1)

  --limit R            no storm: VTEX allows R requests a second and answers 429 above it. A full
                       export, then one with maxRequestsPerMinute below R. Exits with 1 when the
                       first is much slower than R or refused often, or the second refused at all
  --limit-scope NAME   api: R for each of VTEX's APIs; host: R for all of them together (api)
  --limit-header NAME  how a refusal says when to come back (retry-after):
                       ${HEADER_FORMS.join(', ')}
  --latency MS         of each call to VTEX, with --limit (20)
  --skus N             by default as many as take about 70 seconds
  --help               this text
`

/** Reads the arguments after the program's name; throws `UsageError`. */
export function readSoakOptions(args: readonly string[]): SoakOptions {
  const values = parse(args)
  const options: SoakOptions = {
    help: values.help,
    minutes: decimal('minutes', values.minutes, 0.05, 600) ?? 5,
    skus: whole('skus', values.skus, 1, 1_000_000),
    seed: whole('seed', values.seed, 0, 2 ** 31 - 1) ?? 1,
    limit: whole('limit', values.limit, 5, 5_000),
    scope: oneOf('limit-scope', values['limit-scope'], SCOPES) ?? 'api',
    header: oneOf('limit-header', values['limit-header'], HEADER_FORMS) ?? 'retry-after',
    latency: whole('latency', values.latency, 0, 10_000) ?? 20,
  }
  return options
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false, short: 'h' },
        minutes: TEXT,
        skus: TEXT,
        seed: TEXT,
        limit: TEXT,
        'limit-scope': TEXT,
        'limit-header': TEXT,
        latency: TEXT,
      },
    }).values
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new UsageError(`${message}; expected the options that --help lists`)
  }
}

function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  words: readonly T[]
): T | undefined {
  if (text === undefined) return undefined
  const word = words.find((each) => each === text)
  if (word !== undefined) return word
  throw new UsageError(`--${name} ${text}: expected one of ${words.join(', ')}`)
}
