import { join } from 'path'
import { setTimeout as sleep } from 'timers/promises'
import type { Display } from '../cli/display'
import { FAULT_SCENARIOS } from '../cli/fault-scenarios'
import { startKiller } from '../cli/killer'
import { clock } from '../cli/progress'
import { comparisonSettings } from '../comparison/settings'
import { type Sandbox, startSandbox } from '../sandbox'
import { CENTRA_SELLER } from '../world/centra/access'
import { COMMERCE_HOST } from '../world/commerce/api/listener'
import { CentraStockLoad } from './centra-stock-load'
import { type ActiveFaults, startChaosSchedule } from './chaos-schedule'
import { Client } from './client'
import { ExportLoad } from './export-load'
import { ExportTracker } from './export-tracker'
import type { SoakOptions } from './options'
import { SECRETS, SecretScanner } from './secrets'
import { chaosSummary } from './summary'
import { findProblems } from './verdict'
import { VtexStockLoad } from './vtex-stock-load'
import { ZeroMonitor } from './zeros'

const SKUS = 300
const REPLICAS = 3
const KILL_EVERY_SECONDS = 5
const CHANGES_A_SECOND = 20
const CENTRA_CHANGES_A_SECOND = 4
const POST_EVERY = 10_000
/** Half-way between two kills, so that a kill rarely hits the request itself. */
const FIRST_POST = 2_500
/** Every so many posts, the upload cuts are activated again. */
const RENEW_EVERY = 3
/** Time for each export to end after the chaos run; the app waits up to a minute between attempts. */
const EXPORT_TIMEOUT = 240_000
/** Wait before a rejected POST is sent again. */
const POST_RETRY = 1_000

/**
 * Runs the load under chaos, removes all faults, runs one more export and compares. Prints a summary and returns the
 * problems.
 */
export async function runChaos(
  options: SoakOptions,
  stateDirectory: string,
  display: Display
): Promise<string[]> {
  const { seed, skus = SKUS } = options
  display.update('building the app and a VTEX account')
  const sandbox = await startSandbox({
    skus,
    seed,
    replicas: REPLICAS,
    stateDirectory,
    // The monitors cover own stock and Centra. The simulated sales must not trigger the hold.
    settings: { ...SECRETS, sellers: `1,${CENTRA_SELLER}`, maxNewlyZeroPercent: 100 },
  })
  try {
    return await runIn(sandbox, options, stateDirectory, display)
  } finally {
    await sandbox.stop()
  }
}

async function runIn(
  sandbox: Sandbox,
  { minutes, seed }: SoakOptions,
  stateDirectory: string,
  display: Display
): Promise<string[]> {
  const { commerce, centra, intershop, platform } = sandbox
  const secrets = new SecretScanner([platform.credential])
  const client = new Client(sandbox.url, secrets)
  const tracker = new ExportTracker(client)
  const exportLoad = new ExportLoad(client, tracker, Math.max(...commerce.catalog.ids()), seed)
  const settings = comparisonSettings(await platform.settings.read())
  const zeros = new ZeroMonitor(sandbox, intershop.inventory, settings)
  const vtexLoad = new VtexStockLoad(commerce, seed)
  const centraLoad = centra && new CentraStockLoad(centra, seed)

  const faults = startChaosSchedule(sandbox, FAULT_SCENARIOS.chaos?.faults ?? {})
  const stopLoad = [vtexLoad.start(CHANGES_A_SECOND), centraLoad?.start(CENTRA_CHANGES_A_SECOND)]
  const stopKilling = startKiller(sandbox, KILL_EVERY_SECONDS)
  let kills = 0
  try {
    await postFor(minutes * 60_000, exportLoad, tracker, faults, display)
  } finally {
    for (const stop of stopLoad) stop?.()
    kills = stopKilling()
    faults.clear()
  }
  const chaosEndedAt = Date.now()
  await platform.replicas.allUp()
  await tracker.waitUntilEnded(EXPORT_TIMEOUT, () =>
    display.update(`faults removed; waiting for ${tracker.open.length} exports`)
  )
  const last = await lastExport(client)
  await intershop.idle()
  await secrets.scanFile(join(stateDirectory, 'app.log'))
  const result = {
    minutes,
    chaosEndedAt,
    accepted: tracker.exports,
    last,
    leftOpen: (await platform.vbase.files('exports')).length,
    falseZeros: zeros.falseZeros,
    leaks: secrets,
    comparison: await sandbox.compare(),
  }
  const changes = vtexLoad.changes + (centraLoad?.changes ?? 0)
  const { rejected, uncertain } = exportLoad
  const rateLimited = platform.requests.of(COMMERCE_HOST).byStatus['429'] ?? 0
  display.print(
    chaosSummary(result, {
      changes,
      rejected,
      uncertain,
      kills,
      faults: faults.injected(),
      rateLimited,
      zeros,
    })
  )
  return findProblems(result)
}

async function postFor(
  ms: number,
  exportLoad: ExportLoad,
  tracker: ExportTracker,
  faults: ActiveFaults,
  display: Display
): Promise<void> {
  const startedAt = Date.now()
  const poll = async () => {
    await tracker.poll()
    const ended = tracker.exports.length - tracker.open.length
    const time = clock((Date.now() - startedAt) / 1_000)
    display.update(`chaos run ${time}: ${tracker.exports.length} accepted, ${ended} ended`)
  }
  const posts: Promise<void>[] = []
  for (let at = FIRST_POST; at < ms; at += POST_EVERY) {
    await sleep(Math.max(0, startedAt + at - Date.now()))
    if (posts.length % RENEW_EVERY === 0) faults.renew()
    // Not awaited: a slow response must not delay the next request.
    posts.push(exportLoad.post())
    await sleep(POST_EVERY / 4)
    await poll()
  }
  await sleep(Math.max(0, startedAt + ms - Date.now()))
  await Promise.all(posts)
}

/**
 * Runs one more full export to its end; undefined if the app does not accept it. The POST is retried: a circuit breaker
 * may still be open.
 */
async function lastExport(client: Client) {
  const tracker = new ExportTracker(client)
  const until = Date.now() + EXPORT_TIMEOUT
  let posted = await client.post('/export')
  while (posted.kind !== 'accepted' && Date.now() < until) {
    await sleep(POST_RETRY)
    posted = await client.post('/export')
  }
  if (posted.kind === 'accepted') tracker.add(posted.exportId, '/export')
  await tracker.waitUntilEnded(EXPORT_TIMEOUT)
  return tracker.exports[0]
}
