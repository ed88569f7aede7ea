import { setTimeout as sleep } from 'timers/promises'
import type { Display } from '../cli/display'
import { hasEnded, type Report, readReport, startExport } from '../cli/exports'
import { clock } from '../cli/progress'
import type { LimitRule } from '../platform'
import { type Sandbox, startSandbox } from '../sandbox'
import { COMMERCE_HOST } from '../world/commerce/api/listener'
import type { LimitScope, SoakOptions } from './options'

const APIS = ['/api/catalog_system', '/api/logistics']
const POLL_EVERY = 50
/** Read the report only every so many polls of the counters: it costs the app some work. */
const REPORT_EVERY = 20
const TIMEOUT = 600_000

/** The request rate of an export under a limit, and how many requests were rate limited. */
export interface LimitMeasurement {
  status: Report['status']
  seconds: number
  limits: {
    /** What is limited. */
    name: string
    /** Requests per second that passed while SKUs were read. */
    perSecond: number
    /** Requests of the whole export. */
    passed: number
    rateLimited: number
  }[]
}

/**
 * Runs one full export from a VTEX that allows `perSecond` requests; `maxRequestsPerMinute` is the app's setting. The
 * state directory must be empty, so that the export finds no cache.
 */
export async function exportUnderLimit(
  { seed, scope, latency, header }: SoakOptions,
  perSecond: number,
  skus: number,
  maxRequestsPerMinute: number,
  stateDirectory: string,
  display: Display
): Promise<LimitMeasurement> {
  const sandbox = await startSandbox({
    skus,
    seed,
    latency,
    stateDirectory,
    centra: false,
    limits: rulesOf(scope).map((rule) => ({ ...rule, perSecond, header })),
    settings: { maxRequestsPerMinute },
  })
  try {
    return await measure(sandbox, display)
  } finally {
    await sandbox.stop()
  }
}

/** The number of SKUs whose first full export takes about 70 s; each SKU is one request to each of two APIs. */
export function skusFor(perSecond: number, scope: LimitScope): number {
  return perSecond * (scope === 'host' ? 35 : 70)
}

function rulesOf(scope: LimitScope): Pick<LimitRule, 'upstream' | 'path'>[] {
  const upstream = COMMERCE_HOST
  return scope === 'host' ? [{ upstream }] : APIS.map((path) => ({ upstream, path }))
}

async function measure(sandbox: Sandbox, display: Display): Promise<LimitMeasurement> {
  const { platform, commerce } = sandbox
  const poll = () => ({
    at: performance.now(),
    reads: commerce.stockReads,
    limits: platform.limits.list(),
  })
  const first = poll()
  // The last poll before SKUs were read, and the first after all were.
  let begin = first
  let end = first
  // It runs in the process of the simulated upstream and would delay its responses.
  sandbox.intershop.importer.pause()
  const exportId = await startExport(sandbox.url)
  for (let polls = 1; ; polls++) {
    const wantsReport = polls % REPORT_EVERY === 0
    const report = wantsReport ? await readReport(sandbox.url, exportId) : undefined
    const now = poll()
    if (now.reads === 0) begin = now
    if (now.reads > end.reads) end = now
    const seconds = (now.at - first.at) / 1_000
    if (report && hasEnded(report)) {
      return { status: report.status, seconds, limits: rates(begin, end, now) }
    }
    if (now.at - first.at > TIMEOUT) throw new Error(`the export did not end within ${TIMEOUT} ms`)
    display.update(`${clock(seconds)}: ${now.reads} of ${commerce.catalog.count} SKUs read`)
    await sleep(POLL_EVERY)
  }
}

interface Poll {
  at: number
  limits: { rule: LimitRule; passed: number; rateLimited: number }[]
}

function rates(begin: Poll, end: Poll, now: Poll): LimitMeasurement['limits'] {
  return now.limits.map(({ rule, passed, rateLimited }, index) => {
    const requests = (end.limits[index]?.passed ?? 0) - (begin.limits[index]?.passed ?? 0)
    const seconds = Math.max(0.001, (end.at - begin.at) / 1_000)
    return { name: rule.path ?? rule.upstream, perSecond: requests / seconds, passed, rateLimited }
  })
}
