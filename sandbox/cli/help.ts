import { CALL_FAULT_NAMES } from '../faults/call-faults'
import { type Bundle, OWN_FAULTS } from '../faults/own-faults'
import { UPSTREAM_NAMES } from '../faults/upstreams'
import { MIXES } from './fault-bundles'

const WIDTH = 84

const listed = (bundles: Readonly<Record<string, Bundle>>) =>
  Object.entries(bundles)
    .map(([name, { text }]) => `    ${name.padEnd(17)} ${text}`)
    .join('\n')

function wrapped(words: readonly string[]): string {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map((line) => `    ${line}`).join('\n')
}

/** The text of `--help`. */
export function helpText(): string {
  return `npm start -- [options]

Builds the app, boots it on the real VTEX IO runtime between a VTEX account, a Centra and
an Intershop, runs a full export, and compares what Intershop holds with what VTEX and
Centra say. Then it stays up, with curl lines to copy, until Ctrl-C.

  --skus N             SKUs of the VTEX account (2000)
  --seed N             another seed, another account (1)
  --centra on|off      whether a seller's stock is kept in Centra (on)
  --delivery NAME      how offers reach Intershop: icm-sftp or iom-sftp (icm-sftp)
  --latency MS         added to each call to VTEX and Centra (0)
  --replicas N         worker processes of the app (1)
  --worker-memory MB   heap of each worker, as --max-old-space-size
  --kill-every S       SIGKILL a worker, each in turn, every S seconds of the export
  --faults NAME        troubles from the start, see below
  --traffic N          after the first export, N sales and restocks a second, and an update
                       every 10 s; what differs at each one's end is printed
  --minutes M          how long the traffic lasts with --exit (2)
  --port N             the app's port (8080, or any free one if that is taken; 0 = any)
  --exit               end after the comparison, and the traffic: 0 if the exports completed
                       and nothing differs that should not, else 1
  --fresh              forget the last run. Without it an account (its --skus and --seed)
                       keeps its stock, the app's state and Intershop's offers on disk,
                       under .sandbox/state/
  --help               this text

Troubles for --faults. A mix:
${listed(MIXES)}
  What a service does of its own:
${listed(OWN_FAULTS)}
  Or UPSTREAM-FAULT, as in inventory-500. The upstream is one of
${wrapped(UPSTREAM_NAMES)}
  and the fault, for some of its calls, one of
${wrapped(CALL_FAULT_NAMES)}
`
}
