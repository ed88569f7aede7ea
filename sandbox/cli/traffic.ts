import { setTimeout as sleep } from 'timers/promises'
import type { Sandbox } from '../sandbox'
import { type Freshness, freshnessSince, markUpdateStart } from '../traffic/freshness'
import { startTraffic } from '../traffic/traffic'
import type { Display } from './display'
import { awaitEnd, type Report, startExport } from './exports'
import { clock, number } from './progress'
import { comparisonTable, offerText } from './summary'

const UPDATE_EVERY = 10_000
const EXAMPLES = 5

/** Rate and duration of the simulated traffic. */
export interface TrafficRun {
  /** Sales and restocks together, per second. */
  perSecond: number
  /** Infinity: until the process ends. */
  minutes: number
}

/**
 * Simulates sales and restocks, starts an update every 10 s and a last one at the end, and prints after each how many
 * offers differ. Returns true if each update completed and no offer differs unexpectedly; an update that fails or is
 * not accepted makes it false and never rejects.
 */
export async function runTraffic(
  sandbox: Sandbox,
  { perSecond, minutes }: TrafficRun,
  display: Display
): Promise<boolean> {
  const startedAt = Date.now()
  const until = startedAt + minutes * 60_000
  const outcomes: Promise<boolean>[] = []
  const traffic = startTraffic(sandbox, perSecond)
  display.print(
    `\n${perSecond} sales and restocks per second; an update every ${UPDATE_EVERY / 1000} s.`
  )
  try {
    while (Date.now() < until) {
      await sleep(Math.min(UPDATE_EVERY, until - Date.now()))
      if (Date.now() < until) outcomes.push(update(sandbox, startedAt, display))
    }
  } finally {
    traffic.stop()
  }
  const passed = await Promise.all(outcomes)
  const { sales, restocks } = traffic.counts
  display.print(`Traffic ended: ${number(sales)} sales, ${number(restocks)} restocks. Last update:`)
  passed.push(await update(sandbox, startedAt, display))
  display.print(comparisonTable(await sandbox.compare()))
  return passed.every(Boolean)
}

async function update(sandbox: Sandbox, startedAt: number, display: Display): Promise<boolean> {
  const start = markUpdateStart(sandbox)
  const name = `update at ${clock((start.at - startedAt) / 1000)}`
  try {
    const exportId = await startExport(sandbox.url, 'update')
    const report = await awaitEnd(sandbox.url, exportId)
    const seconds = (Date.now() - start.at) / 1000
    const freshness = await freshnessSince(sandbox, start)
    display.print(`${name}: ${updateSummary(report, seconds, freshness)}`)
    return report.status === 'completed' && freshness.stale.length === 0
  } catch (error) {
    display.print(`${name}: ${error instanceof Error ? error.message : error}`)
    return false
  }
}

/** The lines printed after an update: what it did, how many offers differ, and which differ unexpectedly. */
export function updateSummary(report: Report, seconds: number, freshness: Freshness): string {
  const { differing, changedSince, unknownToApp, stale } = freshness
  const parts = [
    `${number(changedSince)} changed during the update`,
    ...(unknownToApp > 0 ? [`${number(unknownToApp)} with notifications lost or late`] : []),
    `${number(stale.length)} unexpected`,
  ]
  const line = [
    `${report.status} after ${seconds.toFixed(1)} s`,
    `${number(report.skus.read)} SKUs read`,
    `${number(differing)} offers differ: ${parts.join(', ')}`,
  ].join(' · ')
  const more = stale.length > EXAMPLES ? [`  and ${number(stale.length - EXAMPLES)} more`] : []
  const examples = stale.slice(0, EXAMPLES).map((each) => `  stale: ${offerText(each)}`)
  return [line, ...examples, ...more].join('\n')
}
