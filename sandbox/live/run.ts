import { mkdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UsageError } from '../cli/options'
import { progressLine } from '../cli/progress'
import { reportSummary } from '../cli/summary'
import { sendJson } from '../common/http'
import { startPlatform } from '../platform'
import { JANUS_HOST } from '../platform/egress/target'
import type { Settings } from '../platform/settings'
import { TEMPLATE_PATH } from '../world/alerts/message-center'
import { type Intershop, startIntershop } from '../world/intershop/intershop'
import { VTEX_CALLS } from './allowed-calls'
import { AppClient, type LiveReport } from './app-client'
import type { Credentials } from './credentials'
import { hostOf, type Limits, LiveHosts, newLimits } from './live-hosts'
import { newToken, ownSettings, rateOf, usedFrom } from './local-settings'
import type { LiveOptions } from './options'
import { Outbound } from './outbound'
import { isLasting, opensNothing, survey } from './permissions'
import { type Progress, ProgressFile } from './progress-file'
import { RequestCounts, together, totalOf } from './request-counts'
import { lockFolder } from './run-lock'
import { LiveSettings, readForm, readSettingsFile } from './settings'
import {
  durationLines,
  offerLines,
  permissionLines,
  requestLines,
  sellerLines,
  unmappedLines,
} from './summary'

const REPOSITORY = join(__dirname, '..', '..')
const STATE = join(REPOSITORY, '.sandbox', 'live')
const WORKSPACE = 'master'

/** Where a run shows what it does. */
export interface Screen {
  /** Replaces the line that changes. */
  update(text: string): void
  print(text?: string): void
}

/** Whose account, with which key, and where what is made is kept. */
interface Run {
  options: LiveOptions
  screen: Screen
  signal: AbortSignal
  directory: string
  outbound: Outbound
  credentials: Credentials
  perMinute: number
  limits: Limits
}

/**
 * Looks at what the key opens, makes a full export, and shows both. Answers whether it completed. Rejects with the
 * signal's reason when that aborts: the next run then goes on where this one stopped.
 */
export async function runLive(
  options: LiveOptions,
  credentials: Credentials,
  screen: Screen,
  signal: AbortSignal
): Promise<boolean> {
  const directory = resolve(options.state ?? STATE, options.account)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(join(directory, 'lock'))
  try {
    return await runLocked(options, credentials, screen, signal, directory)
  } finally {
    await unlock()
  }
}

async function runLocked(
  options: LiveOptions,
  credentials: Credentials,
  screen: Screen,
  signal: AbortSignal,
  directory: string
): Promise<boolean> {
  const { account, ca, connectTo, deliver } = options
  const form = await readForm(join(REPOSITORY, 'manifest.json'))
  const given =
    options.settings === undefined ? undefined : await readSettingsFile(options.settings, form)
  const reach = { ca: ca === undefined ? undefined : await readCa(ca), connectTo }
  if (options.fresh) await forget(directory)
  const store = new LiveSettings(join(directory, 'settings.json'), form)
  const values = await store.load(given, usedFrom(deliver))
  const perMinute = rateOf(options.perMinute, values)
  const outbound = new Outbound(reach)
  const limits = newLimits(perMinute)
  const run = { options, screen, signal, directory, outbound, credentials, perMinute, limits }
  screen.print(`${hostOf(account)}, at most ${perMinute} requests a minute`)
  try {
    const probed = await lookAtKey(run)
    if (probed === undefined) return false
    return await withIntershop(run, (intershop) =>
      exportAll(run, { store, values, intershop, probed })
    )
  } finally {
    outbound.close()
  }
}

async function readCa(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new UsageError(`--ca ${file}: expected a file of certificates (PEM)`)
}

/** Only what runs made: the folder may be somebody's. */
async function forget(directory: string): Promise<void> {
  for (const name of ['platform', 'intershop', 'settings.json', 'progress.json', 'app.log']) {
    await rm(join(directory, name), { recursive: true, force: true })
  }
}

function hostsOf(run: Run, counts: RequestCounts): LiveHosts {
  const { options, credentials, outbound, limits } = run
  const { account } = options
  return new LiveHosts({ account, credentials, outbound, limits, counts })
}

/** How many requests it took; undefined where the key opens nothing. */
async function lookAtKey(run: Run): Promise<number | undefined> {
  const { screen, signal, options } = run
  const counts = new RequestCounts()
  screen.update('looking at what the key opens')
  const found = await survey(hostsOf(run, counts), signal)
  const unreachable = found.probes.find(({ reason }) => isLasting(reason))
  if (unreachable) {
    screen.print(`${hostOf(options.account)} cannot be reached: ${unreachable.reason}`)
    return undefined
  }
  screen.print(permissionLines(found))
  if (opensNothing(found.probes)) return undefined
  screen.print(sellerLines(found))
  return totalOf(counts.all())
}

/** The local folder of files is an Intershop that only the app reaches; none where they are delivered. */
async function withIntershop<T>(
  { options, directory }: Run,
  work: (intershop: Intershop | undefined) => Promise<T>
): Promise<T> {
  if (options.deliver) return work(undefined)
  const intershop = await startIntershop({ directory: join(directory, 'intershop') })
  try {
    return await work(intershop)
  } finally {
    await intershop.stop()
  }
}

interface Prepared {
  store: LiveSettings
  /** Settings of the file, or of the last run. */
  values: Settings
  intershop: Intershop | undefined
  /** Requests that it took to look at the key. */
  probed: number
}

async function exportAll(
  run: Run,
  { store, values, intershop, probed }: Prepared
): Promise<boolean> {
  const { options, screen, signal, directory, perMinute } = run
  const token = newToken()
  const settings = { ...values, ...ownSettings(token, perMinute, intershop) }
  store.use(settings)
  const counts = new RequestCounts()
  const hosts = hostsOf(run, counts)
  screen.update('building and starting the app')
  const platform = await startPlatform({
    appDirectory: REPOSITORY,
    buildDirectory: join(REPOSITORY, '.sandbox', 'build'),
    stateDirectory: join(directory, 'platform'),
    account: options.account,
    workspace: WORKSPACE,
    production: true,
    upstreams: { [JANUS_HOST]: hosts.vtex, ...centraOf(hosts, settings) },
    // The account's mail templates are left alone: each exists, as far as the app knows.
    hosted: [
      {
        name: 'templates',
        host: JANUS_HOST,
        path: TEMPLATE_PATH,
        handle: (_, response) => sendJson(response, 200, {}),
      },
    ],
    settings: store,
    control: false,
    log: join(directory, 'app.log'),
  })
  try {
    const client = new AppClient(platform.url, token, signal)
    const { report, progress } = await follow(run, client, counts)
    await intershop?.idle()
    screen.print(`\n${reportSummary(report, progress.milliseconds / 1_000)}`)
    screen.print(unmappedLines(report))
    screen.print(intershop ? localFiles(intershop) : filesAt(settings, report))
    screen.print(durationLines(report, progress, perMinute))
    screen.print(requestLines(progress.counts, probed, hosts.refused))
    return report.status === 'completed' && (intershop?.importer.totals.rejected ?? 0) === 0
  } finally {
    await platform.stop()
  }
}

function centraOf(hosts: LiveHosts, { centraUrl }: Settings) {
  const text = String(centraUrl ?? '')
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'https:' ? { [url.host]: hosts.centra(url) } : {}
}

/** Follows an export to its end; what it cost so far is on disk, should this process end before. */
async function follow(
  { screen, directory }: Run,
  client: AppClient,
  counts: RequestCounts
): Promise<{ report: LiveReport; progress: Progress }> {
  const startedAt = Date.now()
  const { exportId, isResumed } = await client.fullExport()
  const file = new ProgressFile(join(directory, 'progress.json'))
  const before = await file.of(exportId)
  if (isResumed) screen.print(`Going on with export ${exportId}`)
  const now = (): Progress => ({
    exportId,
    milliseconds: (before?.milliseconds ?? 0) + Date.now() - startedAt,
    counts: together(before?.counts ?? {}, counts.all()),
  })
  let saving = Promise.resolve()
  const save = () => {
    saving = saving.catch(() => undefined).then(() => file.save(now()))
    return saving
  }
  try {
    const report = await client.awaitEnd(exportId, (each) => {
      save().catch(() => undefined)
      const { milliseconds, counts: made } = now()
      const requested = totalOf(made, VTEX_CALLS.stock.name)
      screen.update(progressLine({ report: each, requested, seconds: milliseconds / 1_000 }))
    })
    return { report, progress: now() }
  } finally {
    await save()
  }
}

function localFiles({ inventory, folders, importer }: Intershop): string {
  const { rejected } = importer.totals
  const wrong = rejected > 0 ? `\n${rejected} files are no valid ICM files: ${folders.error}` : ''
  return `${offerLines(inventory.entries())}\nFiles: ${folders.archive}${wrong}`
}

function filesAt({ sftpHost, sftpDirectory = '.' }: Settings, { files }: LiveReport): string {
  return `Files: ${files} delivered to ${sftpHost}, directory ${sftpDirectory}`
}
