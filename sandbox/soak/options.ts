import { decimal, parseArguments, UsageError, whole } from '../cli/options'
import { RETRY_HEADER_FORMS, type RetryHeaderForm } from '../platform'

/** The options of `npm run soak`: a chaos run, or with `limit` an export from a rate limited VTEX. */
export interface SoakOptions {
  help: boolean
  /** Duration of the chaos run. */
  minutes: number
  /** Number of SKUs; absent: the run decides. */
  skus?: number
  seed: number
  /** Requests per second that VTEX allows. */
  limit?: number
  scope: LimitScope
  /** The header of a 429 that says when to retry. */
  header: RetryHeaderForm
  /** Milliseconds of each request to VTEX, with `limit`. */
  latency: number
}

/** Whether all VTEX APIs share one limit or each has its own; VTEX documents neither. */
export type LimitScope = 'host' | 'api'

const SCOPES: readonly LimitScope[] = ['host', 'api']
const TEXT = { type: 'string' } as const
const OPTIONS = {
  help: { type: 'boolean', default: false, short: 'h' },
  minutes: TEXT,
  skus: TEXT,
  seed: TEXT,
  limit: TEXT,
  'limit-scope': TEXT,
  'limit-header': TEXT,
  latency: TEXT,
} as const

/** The text of `--help`. */
export const SOAK_HELP = `npm run soak -- [options]

Chaos run: all kinds of faults at once, three workers of which one is killed every five seconds, twenty
stock changes per second in VTEX and four in Centra, an export posted every ten seconds. Then all faults
are removed, one more export runs, and Intershop is compared with VTEX and Centra. Exit code 1 if an
export, an offer or a secret was lost.

  --minutes N          duration of the chaos run (5)
  --skus N             number of SKUs in the VTEX account (300)
  --seed N             random seed; each seed generates a different account and other changes (1)

  --limit R            no chaos run: VTEX allows R requests per second and returns 429 above it. Runs a
                       full export, then one with maxRequestsPerMinute below R. Exit code 1 if the
                       first is much slower than R or often gets 429, or if the second gets any 429
  --limit-scope NAME   api: R for each VTEX API; host: R for all of them together (api)
  --limit-header NAME  header of a 429 that says when to retry (retry-after):
                       ${RETRY_HEADER_FORMS.join(', ')}
  --latency MS         duration of each request to VTEX, with --limit (20)
  --skus N             with --limit: default as many as take about 70 seconds
  --help               this text
`

/** Parses the arguments after the program's name; throws `UsageError`. */
export function readSoakOptions(args: readonly string[]): SoakOptions {
  const values = parseArguments(args, OPTIONS)
  const options: SoakOptions = {
    help: values.help,
    minutes: decimal('minutes', values.minutes, 0.05, 600) ?? 5,
    skus: whole('skus', values.skus, 1, 1_000_000),
    seed: whole('seed', values.seed, 0, 2 ** 31 - 1) ?? 1,
    limit: whole('limit', values.limit, 5, 5_000),
    scope: oneOf('limit-scope', values['limit-scope'], SCOPES) ?? 'api',
    header: oneOf('limit-header', values['limit-header'], RETRY_HEADER_FORMS) ?? 'retry-after',
    latency: whole('latency', values.latency, 0, 10_000) ?? 20,
  }
  return options
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
