import { mkdir, rm } from 'fs/promises'
import { join } from 'path'
import { expectedOfAll } from '../comparison/all-offers'
import type { SourceName } from '../comparison/expected-offer'
import { truthSettings } from '../comparison/settings'
import { type Sandbox, startSandbox } from '../sandbox'
import { stockItemsBySku } from '../world/centra/matches'
import { availableOf } from '../world/centra/row'
import { curlLines } from './curl-lines'
import type { Display } from './display'
import { awaitEnd, type Report, startExport } from './exports'
import { FAULT_BUNDLES } from './fault-bundles'
import { startKiller } from './killer'
import type { Options } from './options'
import { choosePort } from './port'
import { number, progressLine } from './progress'
import { comparisonTable, reportSummary } from './summary'

const STATE = join(__dirname, '..', '..', '.sandbox', 'state')

/** A sandbox after its first full export. */
export interface Run {
  sandbox: Sandbox
  /** The export completed, and nothing differs or is missing. */
  good: boolean
}

/** Boots the sandbox, runs a full export and prints how it went and what Intershop holds then. */
export async function run(options: Options, display: Display): Promise<Run> {
  const sandbox = await boot(options, display)
  try {
    const startedAt = Date.now()
    const report = await exportAll(sandbox, options, display)
    const seconds = (Date.now() - startedAt) / 1000
    display.update('waiting for Intershop to import the last files')
    await sandbox.intershop.idle()
    const comparison = await sandbox.compare()
    display.print(`${comparisonTable(comparison)}\n\n${reportSummary(report, seconds)}`)
    const { differing, missing } = comparison
    const good = report.status === 'completed' && differing + missing === 0
    if (!options.exit) display.print(`\n${await linesToCopy(sandbox, report.exportId)}`)
    return { sandbox, good }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

async function boot(options: Options, display: Display): Promise<Sandbox> {
  const { skus, seed, replicas, latency, workerMemory, faults, centra } = options
  // An account of its own for each size and seed: its state would not fit another catalog.
  const stateDirectory = join(STATE, `skus-${skus}-seed-${seed}`)
  if (options.fresh) await rm(stateDirectory, { recursive: true, force: true })
  await mkdir(stateDirectory, { recursive: true })
  const port = await choosePort(options.port)
  if (port === 0 && options.port === undefined) display.print('Port 8080 is taken: using another.')
  display.update(`building the app, and a VTEX account of ${number(skus)} SKUs`)
  const sandbox = await startSandbox({
    skus,
    seed,
    centra,
    replicas,
    standby: options.killEvery !== undefined,
    latency,
    stateDirectory,
    schedules: true,
    port,
    faults: faults === undefined ? undefined : FAULT_BUNDLES[faults]?.faults,
    // Customers who buy all day long are no mistake that a guard should hold.
    settings: options.traffic === undefined ? {} : { maxNewlyZeroPercent: 100 },
    workerArguments: workerMemory === undefined ? [] : [`--max-old-space-size=${workerMemory}`],
  })
  display.print(`The app runs at ${sandbox.url}; its log is ${join(stateDirectory, 'app.log')}`)
  return sandbox
}

async function exportAll(sandbox: Sandbox, options: Options, display: Display): Promise<Report> {
  const startedAt = Date.now()
  const askedBefore = sandbox.commerce.stockReads
  const exportId = await startExport(sandbox.url)
  const stopKilling = startKiller(sandbox, options.killEvery)
  try {
    return await awaitEnd(sandbox.url, exportId, (report) => {
      const asked = sandbox.commerce.stockReads - askedBefore
      display.update(progressLine({ report, asked, seconds: (Date.now() - startedAt) / 1000 }))
    })
  } finally {
    const kills = stopKilling()
    if (options.killEvery !== undefined) display.print(`Workers killed: ${kills}`)
  }
}

async function linesToCopy(sandbox: Sandbox, exportId: string): Promise<string> {
  const settings = truthSettings(await sandbox.platform.settings.read())
  const stockItemId = stockItemToSell(sandbox)
  const ofSource = (isIt: (source: SourceName) => boolean) =>
    firstOf(
      expectedOfAll(sandbox, settings),
      ({ source, quantity }) => isIt(source) && quantity > 1
    )
  const own = ofSource((source) => source === 'own stock') ?? { skuId: 1, offerSku: '1' }
  const other = ofSource((source) => source.startsWith('seller '))
  return curlLines(sandbox.url, exportId, { ...own, stockItemId, other })
}

/** Without a list of all, of which there may be a million. */
function firstOf<T>(all: Iterable<T>, isIt: (each: T) => boolean): T | undefined {
  for (const each of all) if (isIt(each)) return each
  return undefined
}

/** A row of Centra's with units to sell, of a SKU that VTEX has too. */
function stockItemToSell({ commerce, centra }: Sandbox): number | undefined {
  if (!centra) return undefined
  for (const id of stockItemsBySku(commerce, centra).values()) {
    const row = id === null ? undefined : centra.row(id)
    if (row?.active && availableOf(row) > 1) return row.stockItemId
  }
  return undefined
}
