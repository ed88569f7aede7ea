import { setTimeout as sleep } from 'timers/promises'
import type { Display } from '../cli/display'
import { ended, type Report, readReport, startExport } from '../cli/exports'
import { clock } from '../cli/progress'
import type { LimitRule } from '../platform'
import { type Sandbox, startSandbox } from '../sandbox'
import { COMMERCE_HOST } from '../world/commerce/api/listener'
import type { LimitScope, SoakOptions } from './options'

const APIS = ['/api/catalog_system', '/api/logistics']
const LOOK_EVERY = 50
/** So many looks at the counters for one at the report, which costs the app some work. */
const ASK_EVERY = 20
const LATEST = 600_000

/** How fast an export read under a limit, and how often it was refused. */
export interface Measured {
  status: Report['status']
  seconds: number
  limits: {
    /** What is limited. */
    name: string
    /** Calls a second that passed while SKUs were read. */
    perSecond: number
    /** Calls of the whole export. */
    passed: number
    refused: number
  }[]
}

/**
 * Exports everything once from a VTEX that allows so many requests a second; `maxRequestsPerMinute` is the
 * app's setting. The state directory must be empty: a first export has nothing to reuse.
 */
export async function exportUnderLimit(
  { seed, scope, latency, header }: SoakOptions,
  perSecond: number,
  skus: number,
  maxRequestsPerMinute: number,
  stateDirectory: string,
  display: Display
): Promise<Measured> {
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

/** SKUs whose first full export takes about 70 seconds: each is two requests, one to each API. */
export function skusFor(perSecond: number, scope: LimitScope): number {
  return perSecond * (scope === 'host' ? 35 : 70)
}

function rulesOf(scope: LimitScope): Pick<LimitRule, 'upstream' | 'path'>[] {
  const upstream = COMMERCE_HOST
  return scope === 'host' ? [{ upstream }] : APIS.map((path) => ({ upstream, path }))
}

async function measure(sandbox: Sandbox, display: Display): Promise<Measured> {
  const { platform, commerce } = sandbox
  const look = () => ({
    at: performance.now(),
    reads: commerce.stockReads,
    limits: platform.limits.list(),
  })
  const first = look()
  // The last moment before SKUs were read, and the first at which all were.
  let begin = first
  let end = first
  // It shares a process with the upstream, whose calls would wait for it and then come all at once.
  sandbox.intershop.importer.pause()
  const exportId = await startExport(sandbox.url)
  for (let looks = 1; ; looks++) {
    const ask = looks % ASK_EVERY === 0
    const report = ask ? await readReport(sandbox.url, exportId) : undefined
    const now = look()
    if (now.reads === 0) begin = now
    if (now.reads > end.reads) end = now
    const seconds = (now.at - first.at) / 1_000
    if (report && ended(report)) {
      return { status: report.status, seconds, limits: rates(begin, end, now) }
    }
    if (now.at - first.at > LATEST) throw new Error(`the export did not end within ${LATEST} ms`)
    display.update(`${clock(seconds)}: ${now.reads} of ${commerce.catalog.count} SKUs read`)
    await sleep(LOOK_EVERY)
  }
}

interface Look {
  at: number
  limits: { rule: LimitRule; passed: number; refused: number }[]
}

function rates(begin: Look, end: Look, now: Look): Measured['limits'] {
  return now.limits.map(({ rule, passed, refused }, index) => {
    const calls = (end.limits[index]?.passed ?? 0) - (begin.limits[index]?.passed ?? 0)
    const seconds = Math.max(0.001, (end.at - begin.at) / 1_000)
    return { name: rule.path ?? rule.upstream, perSecond: calls / seconds, passed, refused }
  })
}
