import { parseArgs } from 'node:util'
import { UsageError, whole } from '../cli/options'

/** What `npm run live` was asked to do. */
export interface LiveOptions {
  account: string
  /** Requests a minute to VTEX at most; the same to Centra. */
  perMinute: number
  /** A JSON file of app settings. */
  settings?: string | undefined
  /** Whether files go where the settings say, and not to a local folder. */
  deliver: boolean
  /** Start from nothing instead of from the last run's state. */
  fresh: boolean
  /** The folder below which each account has one; absent: `.sandbox/live`. */
  state?: string | undefined
  /** A file of certificates (PEM) that are believed besides the known authorities. */
  ca?: string | undefined
  /** Connect there instead of to the hosts themselves. */
  connectTo?: { host: string; port: number } | undefined
}

export const LIVE_HELP = `npm run live -- --account NAME [options]

Runs the app on this machine against a real VTEX account and makes one full export. The key
comes from the environment alone, VTEX_APP_KEY and VTEX_APP_TOKEN, and is kept nowhere. Nothing
that is sent can change anything in the account: only the reading calls of the app leave, and
all others are refused here. Offers go to files in a local folder.

  --account NAME       the VTEX account
  --settings FILE      the app's settings as JSON, Centra's and Intershop's too
  --deliver            deliver to the SFTP server of the settings, not to a local folder
  --per-minute N       requests a minute to VTEX, and to Centra, at most (600)
  --fresh              forget the last run of this account. Without it an interrupted export
                       goes on where it was, and the app knows what it sent last
  --state DIR          where each account's state and files are kept (.sandbox/live)
  --ca FILE            certificates (PEM) of an authority to believe besides the known ones,
                       as of a company's proxy
  --connect-to H:P     connect there instead of to VTEX and Centra; the certificate must still
                       be theirs
  --help               this text

Ends with 0 if the export completed, 1 if not, 2 if the command is wrong, 130 after Ctrl-C.
`

const TEXT = { type: 'string' } as const
const SWITCH = { type: 'boolean', default: false } as const
/** It becomes part of a host name. */
const ACCOUNT = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** Reads the arguments after the program's name; undefined where only help is asked for. Throws `UsageError`. */
export function readLiveOptions(args: readonly string[]): LiveOptions | undefined {
  const { help, account = '', deliver, fresh, settings, state, ca, ...values } = parse(args)
  if (help) return undefined
  if (!ACCOUNT.test(account)) {
    throw new UsageError('--account: expected the name of a VTEX account, such as mystore')
  }
  if (deliver && settings === undefined) {
    throw new UsageError('--deliver: expected --settings with the server that files go to')
  }
  return {
    account,
    perMinute: whole('per-minute', values['per-minute'], 1, 60_000) ?? 600,
    settings,
    deliver,
    fresh,
    state,
    ca,
    connectTo: values['connect-to'] === undefined ? undefined : addressIn(values['connect-to']),
  }
}

function addressIn(text: string): { host: string; port: number } {
  const [, host, port] = /^([A-Za-z0-9.-]{1,253}):(\d{1,5})$/.exec(text) ?? []
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) }
  throw new UsageError('--connect-to: expected HOST:PORT')
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { ...SWITCH, short: 'h' },
        account: TEXT,
        settings: TEXT,
        deliver: SWITCH,
        'per-minute': TEXT,
        fresh: SWITCH,
        state: TEXT,
        ca: TEXT,
        'connect-to': TEXT,
      },
    }).values
  } catch {
    // Node's message repeats what was given, and a key given by mistake is not to be shown.
    throw new UsageError('Unknown arguments; expected the options that --help lists')
  }
}
