import { mkdir, rm } from 'fs/promises'
import { join } from 'path'
import type { SourceName } from '../comparison/expected-offer'
import { allExpectedOffers } from '../comparison/expected-offers'
import { comparisonSettings } from '../comparison/settings'
import { type Sandbox, startSandbox, TOKEN } from '../sandbox'
import { stockItemsBySku } from '../world/centra/matches'
import { availableOf } from '../world/centra/row'
import { curlExamples } from './curl-examples'
import type { Display } from './display'
import { awaitEnd, type Report, startExport } from './exports'
import { FAULT_SCENARIOS } from './fault-scenarios'
import { startKiller } from './killer'
import type { Options } from './options'
import { choosePort } from './port'
import { number, progressLine } from './progress'
import { comparisonTable, reportSummary } from './summary'

const STATE = join(__dirname, '..', '..', '.sandbox', 'state')

/** A sandbox after its first full export. */
export interface Run {
  sandbox: Sandbox
  /** The export completed, and no offer differs or is missing. */
  passed: boolean
}

/** Starts the sandbox, runs a full export, and prints its report and the comparison. */
export async function run(options: Options, display: Display): Promise<Run> {
  const sandbox = await startFor(options, display)
  try {
    const startedAt = Date.now()
    const report = await exportAll(sandbox, options, display)
    const seconds = (Date.now() - startedAt) / 1000
    display.update('waiting for Intershop to import the last files')
    await sandbox.intershop.idle()
    const comparison = await sandbox.compare()
    display.print(`${comparisonTable(comparison)}\n\n${reportSummary(report, seconds)}`)
    const { differing, missing } = comparison
    const passed = report.status === 'completed' && differing + missing === 0
    if (!options.exit) display.print(`\n${await examplesFor(sandbox, report.exportId)}`)
    return { sandbox, passed }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

async function startFor(options: Options, display: Display): Promise<Sandbox> {
  const { skus, seed, replicas, latency, workerMemory, faults, centra, delivery } = options
  // One state per size, seed and delivery: the state of one catalog does not fit another.
  const suffix = delivery === 'icm-sftp' ? '' : `-${delivery}`
  const stateDirectory = join(STATE, `skus-${skus}-seed-${seed}${suffix}`)
  if (options.fresh) await rm(stateDirectory, { recursive: true, force: true })
  await mkdir(stateDirectory, { recursive: true })
  const port = await choosePort(options.port)
  if (port === 0 && options.port === undefined)
    display.print('Port 8080 is taken; using another port.')
  display.update(`building the app and a VTEX account with ${number(skus)} SKUs`)
  const sandbox = await startSandbox({
    skus,
    seed,
    centra,
    delivery,
    replicas,
    standby: options.killEvery !== undefined,
    latency,
    stateDirectory,
    schedules: true,
    port,
    faults: faults === undefined ? undefined : FAULT_SCENARIOS[faults]?.faults,
    // Otherwise the simulated sales would trigger the hold.
    settings: options.traffic === undefined ? {} : { maxNewlyZeroPercent: 100 },
    workerArguments: workerMemory === undefined ? [] : [`--max-old-space-size=${workerMemory}`],
  })
  display.print(`The app runs at ${sandbox.url}. Log: ${join(stateDirectory, 'app.log')}`)
  display.print(`Console: ${sandbox.url}/_v/intershop/console (token: ${TOKEN})`)
  display.print(`Sell units, break things: ${sandbox.url}/_sandbox/`)
  return sandbox
}

async function exportAll(sandbox: Sandbox, options: Options, display: Display): Promise<Report> {
  const startedAt = Date.now()
  const requestedBefore = sandbox.commerce.stockReads
  const exportId = await startExport(sandbox.url)
  const stopKilling = startKiller(sandbox, options.killEvery)
  try {
    return await awaitEnd(sandbox.url, exportId, (report) => {
      const requested = sandbox.commerce.stockReads - requestedBefore
      display.update(progressLine({ report, requested, seconds: (Date.now() - startedAt) / 1000 }))
    })
  } finally {
    const kills = stopKilling()
    if (options.killEvery !== undefined) display.print(`Workers killed: ${kills}`)
  }
}

async function examplesFor(sandbox: Sandbox, exportId: string): Promise<string> {
  const settings = comparisonSettings(await sandbox.platform.settings.read())
  const stockItemId = stockItemToSell(sandbox)
  const ofSource = (isIt: (source: SourceName) => boolean) =>
    firstOf(
      allExpectedOffers(sandbox, settings),
      ({ source, quantity }) => isIt(source) && quantity > 1
    )
  const own = ofSource((source) => source === 'own stock') ?? { skuId: 1, offerSku: '1' }
  const other = ofSource((source) => source.startsWith('seller '))
  return curlExamples(sandbox.url, exportId, { ...own, stockItemId, other })
}

/** The first match, without a list of all offers: there may be a million. */
function firstOf<T>(all: Iterable<T>, isIt: (each: T) => boolean): T | undefined {
  for (const each of all) if (isIt(each)) return each
  return undefined
}

/** A Centra row with units to sell that is matched to a VTEX SKU. */
function stockItemToSell({ commerce, centra }: Sandbox): number | undefined {
  if (!centra) return undefined
  for (const id of stockItemsBySku(commerce, centra).values()) {
    const row = id === null ? undefined : centra.row(id)
    if (row?.active && availableOf(row) > 1) return row.stockItemId
  }
  return undefined
}
