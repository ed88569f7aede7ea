import { setTimeout as sleep } from 'timers/promises'
import type { Sandbox } from '../sandbox'
import { begin, type Freshness, freshnessSince } from '../traffic/freshness'
import { startTraffic } from '../traffic/traffic'
import type { Display } from './display'
import { awaitEnd, type Report, startExport } from './exports'
import { clock, number } from './progress'
import { comparisonTable, offerText } from './summary'

const UPDATE_EVERY = 10_000
const EXAMPLES = 5

/** How much traffic, and for how long. */
export interface TrafficRun {
  /** Sales and restocks together. */
  perSecond: number
  /** Infinite for traffic that lasts as long as the process. */
  minutes: number
}

/**
 * Lets customers buy and lorries come, asks for an update every 10 s, and prints at each one's end what
 * differs then. When the time is over it asks for a last one. Answers whether each update brought all that
 * it should have. Never rejects for an update: one that is not accepted, or not completed, is not good.
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
    `\nSales and restocks, ${perSecond} a second; an update every ${UPDATE_EVERY / 1000} s.`
  )
  try {
    while (Date.now() < until) {
      await sleep(Math.min(UPDATE_EVERY, until - Date.now()))
      if (Date.now() < until) outcomes.push(update(sandbox, startedAt, display))
    }
  } finally {
    traffic.stop()
  }
  const good = await Promise.all(outcomes)
  const { sales, restocks } = traffic.counts
  display.print(`${number(sales)} sales and ${number(restocks)} restocks are over; a last update.`)
  good.push(await update(sandbox, startedAt, display))
  display.print(comparisonTable(await sandbox.compare()))
  return good.every(Boolean)
}

async function update(sandbox: Sandbox, startedAt: number, display: Display): Promise<boolean> {
  const beginning = begin(sandbox)
  const name = `update at ${clock((beginning.at - startedAt) / 1000)}`
  try {
    const exportId = await startExport(sandbox.url, 'update')
    const report = await awaitEnd(sandbox.url, exportId)
    const seconds = (Date.now() - beginning.at) / 1000
    const freshness = await freshnessSince(sandbox, beginning)
    display.print(`${name}: ${freshnessLines(report, seconds, freshness)}`)
    return report.status === 'completed' && freshness.stale.length === 0
  } catch (error) {
    display.print(`${name}: ${error instanceof Error ? error.message : error}`)
    return false
  }
}

/** An update's end: what it did, what differs, and SKU by SKU what should not. */
export function freshnessLines(report: Report, seconds: number, freshness: Freshness): string {
  const { differing, changedSince, unheard, stale } = freshness
  const parts = [
    `${number(changedSince)} changed since it began`,
    ...(unheard > 0 ? [`of ${number(unheard)} the app could not know`] : []),
    `${number(stale.length)} should not`,
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
