import { CALL_FAULT_NAMES } from '../faults/call-faults'
import { type Bundle, OWN_FAULTS } from '../faults/own-faults'
import { UPSTREAM_NAMES } from '../faults/upstreams'
import { COMBINED_FAULTS } from './fault-scenarios'

const WIDTH = 84

const listed = (scenarios: Readonly<Record<string, Bundle>>) =>
  Object.entries(scenarios)
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

Builds the app and runs it on the real VTEX IO runtime, with a simulated VTEX account,
Centra and Intershop. Runs a full export and compares the offers in Intershop with the
stock in VTEX and Centra. Then it keeps running, with curl examples, until Ctrl-C.

  --skus N             number of SKUs in the VTEX account (2000)
  --seed N             random seed; each seed generates a different account (1)
  --centra on|off      simulate Centra, with the stock of one seller (on)
  --delivery NAME      how offers reach Intershop: icm-sftp, iom-sftp or icm-rest (icm-sftp)
  --latency MS         latency added to each request to VTEX and Centra (0)
  --replicas N         worker processes of the app (1)
  --worker-memory MB   heap size of each worker, as --max-old-space-size
  --kill-every S       every S seconds of the export, kill one worker (SIGKILL, round
                       robin); a standby worker replaces it
  --faults NAME        fault scenario from the start, see below
  --traffic N          after the first export, N sales and restocks per second and an
                       update every 10 s; each update prints how many offers differ
  --minutes M          duration of the traffic with --exit (2)
  --port N             port of the app (8080, or any free port if 8080 is taken; 0 = any)
  --exit               exit after the comparison (and the traffic). Exit code 0: all exports
                       completed and no offer differs unexpectedly. Otherwise 1
  --fresh              delete the state of the last run. Without it, the state of each
                       account (--skus and --seed) is kept on disk in .sandbox/state/
  --help               this text

Fault scenarios for --faults. Combined:
${listed(COMBINED_FAULTS)}
  One service:
${listed(OWN_FAULTS)}
  Or UPSTREAM-FAULT, for example inventory-500: some requests to UPSTREAM fail. UPSTREAM is one of
${wrapped(UPSTREAM_NAMES)}
  and FAULT is one of
${wrapped(CALL_FAULT_NAMES)}
`
}
