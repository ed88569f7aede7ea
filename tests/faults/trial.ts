import { partition } from 'ramda'
import type { ExpectedOffer } from '../../sandbox/comparison/expected-offer'
import type { App } from '../e2e/support/app'
import { eventually } from '../e2e/support/eventually'
import type { Report } from '../e2e/support/report'
import { ActiveFaults } from './activeFaults'
import { carriedBy } from './carried'
import type { Way } from './catalogue'
import { changeCentra } from './centraStock'
import { type FaultCase, NEEDED_TO_ACCEPT } from './faultCase'
import { faultsOfReport, filesTaken, wrongFiles, wrongOffers } from './judge'
import { changeOffers } from './sellerStock'
import { changeStock } from './stock'

const TIMEOUT = { atMost: 60_000, every: 100 }
/** Long enough for the fault to be there when the work begins. */
const HEAD_START_MS = 2_000

/** What came of a fault under one way to ask for an export. */
export interface Outcome {
  /** What must not be, one sentence each; none when all is well. */
  violations: string[]
  /** The end of the export under the fault. */
  report: Report
}

/** What went before in a sandbox. */
export interface Past {
  trials: number
  /** SKUs of which own stock, and what the other seller has, changed since an update last ended well. */
  due: Set<number>
}

/**
 * Changes some stock, exports it under a fault, then once more without: the export sends what it must and
 * nothing else, no offer differs from its source but those that the report names, and afterwards none at all.
 * @param past is brought up to date
 * @throws Error when an export does not end, or a POST is answered as it must not be
 */
export async function trial(app: App, fault: FaultCase, way: Way, past: Past): Promise<Outcome> {
  const refuses = fault.faults.calls?.some(({ status }) => status === 429)
  // A worker that was refused calls more slowly for a while: the next trial is to begin afresh.
  if (refuses) await app.restartWorkers()
  const { failing = {}, gone = [] } = fault
  const struck = [...new Set([...(failing.own ?? []), ...(failing.sellers ?? []), ...gone])]
  const changed = await changeStock(app, past.trials, struck)
  for (const skuId of changed) past.due.add(skuId)
  changeOffers(app, past.trials, changed)
  // Each trial ends with a quiet export or update, which read all that had changed there.
  const inCentra = new Set(await changeCentra(app, past.trials, failing.centra))
  past.trials++
  await forget(app, way)
  if (fault.isOfCompaction) await forgetGenerations(app)
  const taken = await filesTaken(app)
  const before = new Map(
    [...app.intershop.inventory.entries()].map(([sku, { quantity }]) => [sku, quantity])
  )
  app.answers.splice(0)
  const route = way === 'first update' ? 'update' : way
  const { report, idle } = await exportUnder(app, fault, route)
  if (refuses) await app.restartWorkers()
  await app.intershop.idle()
  const due = { own: past.due, inCentra, gone: new Set(gone) }
  const { carried, allowed } = await carriedBy(app, way, due, report)
  // What Intershop has already, an update may leave out.
  const isNews = ({ offerSku, quantity }: ExpectedOffer) =>
    way !== 'update' || before.get(offerSku) !== quantity
  const [news, known] = partition(isNews, carried)
  const violations = [
    ...oddAnswers(app, fault),
    ...idle.map((rule) => `never struck: ${rule}`),
    ...faultsOfReport(report, fault),
    ...oddNotes(report, way),
    ...wrongOffers(app, carried),
    ...(await wrongFiles(app, taken, news, [...allowed, ...known])),
    // An update that failed in part leaves just that to the next one. What comes back, VTEX tells nobody here.
    ...(await afterQuiet(app, route === 'update' && gone.length === 0 ? 'update' : 'export')),
  ]
  if (route === 'update') past.due.clear()
  return { violations, report }
}

/** What the app knows from before, where that would spare it the calls that are to go wrong. */
async function forget({ platform }: App, way: Way): Promise<void> {
  const all = ['skus', 'matches', 'claims']
  const forgotten = {
    ...{ export: all, 'export/seller/2': all, update: [] },
    'first update': [...all, 'checkpoints'],
  }[way]
  for (const bucket of forgotten) await platform.vbase.clear(bucket)
}

/** Then compaction is due after any export. */
async function forgetGenerations(app: App): Promise<void> {
  await app.idle()
  await app.platform.vbase.clear('generations')
}

const oddNotes = ({ notes }: Report, way: Way): string[] =>
  notes.some((note) => note.startsWith('first update')) === (way === 'first update')
    ? []
    : [`the report notes: ${notes.join('; ') || 'nothing'}`]

async function exportUnder(app: App, fault: FaultCase, route: string) {
  const active = fault.during === 'work' ? undefined : await begin(app, fault)
  let later: ActiveFaults | undefined
  try {
    const id = await (active ? accepted(app, fault, route) : acceptedAhead(app, route))
    if (fault.during === 'work') later = await begin(app, fault)
    if (fault.during === 'request') await active?.end()
    const report = await endOf(app, id, fault.bound)
    if (fault.isOfCompaction) await app.idle()
    return { report, idle: (await (later ?? active)?.idleFaults()) ?? [] }
  } finally {
    await active?.end()
    await later?.end()
  }
}

async function begin(app: App, fault: FaultCase): Promise<ActiveFaults> {
  const isKept = fault.upstream === 'apps' || fault.upstream === 'icm-token'
  if (!isKept) return ActiveFaults.start(app, fault.faults)
  // The app keeps what it read of its settings, and its token of ICM: only a new worker asks again.
  const active = await ActiveFaults.start(app, fault.faults)
  await app.restartWorkers()
  return active
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
    TIMEOUT
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
  const timeout = { atMost: bound, every: 100 }
  const report = await app.ended(exportId, timeout)
  return report.coveredBy === undefined ? report : app.ended(report.coveredBy, timeout)
}

async function afterQuiet(app: App, route: 'export' | 'update'): Promise<string[]> {
  const id = await app.accepted(route)
  const { status, offers } = await endOf(app, id, TIMEOUT.atMost)
  await app.intershop.idle()
  const { differing, missing, surplus, examples } = await app.sandbox.compare()
  return [
    ...(status === 'completed'
      ? []
      : [`the quiet ${route} ended ${status}: ${offers.failed} failed`]),
    ...(differing + missing + surplus === 0
      ? []
      : [
          `after the quiet ${route} ${differing} differ, ${missing} are missing, ${surplus} too many: ${JSON.stringify(examples)}`,
        ]),
  ]
}
