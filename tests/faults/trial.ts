import type { App } from '../e2e/support/app'
import { eventually } from '../e2e/support/eventually'
import type { Report } from '../e2e/support/report'
import { type FaultCase, NEEDED_TO_ACCEPT } from './faultCase'
import { faultsOfReport, filesTaken, wrongFiles, wrongOffers } from './judge'
import { changeStock } from './stock'
import { Trouble } from './trouble'

const PATIENCE = { atMost: 60_000, every: 100 }
/** Long enough for the fault to be there when the work begins. */
const HEAD_START_MS = 2_000

/** What came of a fault under one route. */
export interface Outcome {
  /** What must not be, one sentence each; none when all is well. */
  violations: string[]
  /** The end of the export under the fault. */
  report: Report
}

/**
 * Changes some stock, exports it under a fault, then once more without: no offer may differ from its
 * source but those that the report names, and afterwards none at all.
 * @param turn how many trials went before in this sandbox
 * @throws Error when an export does not end, or a POST is answered as it must not be
 */
export async function trial(
  app: App,
  fault: FaultCase,
  route: string,
  turn: number
): Promise<Outcome> {
  const refuses = fault.faults.calls?.some(({ status }) => status === 429)
  // A worker that was refused calls more slowly for a while: the next trial is to begin afresh.
  if (refuses) await app.restartWorkers()
  const changed = await changeStock(app, turn)
  const taken = await filesTaken(app)
  app.answers.splice(0)
  const { report, idle } = await exportUnder(app, fault, route)
  if (refuses) await app.restartWorkers()
  await app.intershop.idle()
  const failed = report.failures.map(({ skuId }) => skuId)
  const violations = [
    ...oddAnswers(app, fault),
    ...idle.map((rule) => `never struck: ${rule}`),
    ...faultsOfReport(report, fault),
    ...(await wrongOffers(app, route, changed, failed)),
    ...(await wrongFiles(app, taken)),
    ...(await afterQuietExport(app)),
  ]
  return { violations, report }
}

async function exportUnder(app: App, fault: FaultCase, route: string) {
  const trouble = fault.during === 'work' ? undefined : await begin(app, fault)
  let later: Trouble | undefined
  try {
    const id = await (trouble ? accepted(app, fault, route) : acceptedAhead(app, route))
    if (fault.during === 'work') later = await begin(app, fault)
    if (fault.during === 'request') await trouble?.end()
    const report = await endOf(app, id, fault.bound)
    return { report, idle: (await (later ?? trouble)?.idleFaults()) ?? [] }
  } finally {
    await trouble?.end()
    await later?.end()
  }
}

async function begin(app: App, fault: FaultCase): Promise<Trouble> {
  if (fault.upstream !== 'apps') return Trouble.make(app, fault.faults)
  // The app keeps what it read of its settings: only a new worker asks again.
  const trouble = await Trouble.make(app, fault.faults)
  await app.restartWorkers()
  return trouble
}

/** POSTs until the app accepts. 503 says that nothing was accepted, and is right for some upstreams only. */
function accepted(app: App, { upstream }: FaultCase, route: string): Promise<string> {
  return eventually(
    'an export to be accepted',
    async () => {
      const answer = await app.post(route)
      if (answer.status === 200) return String(answer.headers['x-export-id'])
      if (answer.status === 503 && NEEDED_TO_ACCEPT.has(upstream)) return undefined
      throw new Error(`${answer.request}: ${answer.status} ${answer.body.toString('utf8')}`)
    },
    PATIENCE
  )
}

/** Accepted well, while courier takes its time with the event. */
async function acceptedAhead(app: App, route: string): Promise<string> {
  const { behaviour } = app.platform.courier
  const { delay } = behaviour
  behaviour.delay = HEAD_START_MS
  try {
    return await app.accepted(route)
  } finally {
    behaviour.delay = delay
  }
}

/** Answers that nobody may get from the app under this fault. */
function oddAnswers({ answers }: App, { upstream, faults }: FaultCase): string[] {
  const right = [
    200,
    ...(NEEDED_TO_ACCEPT.has(upstream) ? [503] : []),
    // To a stale reader an export that was accepted just now is not there yet.
    ...(faults.vbase?.staleReads ? [404] : []),
  ]
  return [
    ...new Set(
      answers
        .filter(({ status }) => !right.includes(status))
        .map(({ request, status }) => `${request.split('/exports/')[0]}: ${status}`)
    ),
  ]
}

/** The report of the export, or of the one that did its work. */
async function endOf(app: App, exportId: string, bound: number): Promise<Report> {
  const patience = { atMost: bound, every: 100 }
  const report = await app.ended(exportId, patience)
  return report.coveredBy === undefined ? report : app.ended(report.coveredBy, patience)
}

async function afterQuietExport(app: App): Promise<string[]> {
  const id = await app.accepted('export')
  const { status, offers } = await endOf(app, id, PATIENCE.atMost)
  await app.intershop.idle()
  const { differing, missing, surplus, examples } = await app.sandbox.compare()
  return [
    ...(status === 'completed'
      ? []
      : [`the quiet export ended ${status}: ${offers.failed} failed`]),
    ...(differing + missing + surplus === 0
      ? []
      : [
          `after the quiet export ${differing} differ, ${missing} are missing, ${surplus} too many: ${JSON.stringify(examples)}`,
        ]),
  ]
}
