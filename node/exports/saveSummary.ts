import { mergeWith, pluck, sum } from 'ramda'
import { iso } from '../common/clock'
import type { Ledger } from '../published/ledger'
import { CHANGING_SOURCES, isChanging } from '../sources/source'
import { StateError } from '../state/documents'
import type { BatchReceipt, Zeroed } from './documentNames'
import type { Dependencies } from './engine'
import { type OpenExport, openStatus } from './exportState'
import { retryAt } from './nextStep'
import type { QueueSnapshot } from './queue'
import { counted, receiptId, receiptsOf } from './receipts'
import type { Report } from './report'
import {
  type OpenSummary,
  readOpen,
  readSummary,
  rebuiltSummary,
  saveOpen,
  saveSummary,
  withReport,
} from './summary'
import { heldBySource } from './zeroGuard'

/** No export fails because its summary cannot be saved. */
async function unlessUnavailable(save: () => Promise<void>): Promise<void> {
  try {
    await save()
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown
  }
}

/** Adds an export that ended to the summary. */
export const summarizeEnd = (
  engine: Dependencies,
  ledger: Ledger,
  queue: QueueSnapshot,
  report: Report
): Promise<void> =>
  unlessUnavailable(async () => {
    const { documents, clock } = engine
    const saved = await readSummary(documents)
    const known = saved ?? (await rebuiltSummary(documents, clock.now()))
    const isSame = saved !== undefined && report.offers.processed === 0
    const held = isSame ? known.held : ((await heldNow(engine, ledger, queue)) ?? known.held)
    await saveSummary(documents, { ...withReport(known, report), held, at: clock.now() })
  })

/** Held offers by source, from the newest generation and the names of later receipts; undefined without settings. */
async function heldNow(
  engine: Dependencies,
  ledger: Ledger,
  { deliveries }: QueueSnapshot
): Promise<Zeroed | undefined> {
  const settings = await engine.settings().catch(() => undefined)
  if (!settings) return undefined
  const { generation } = await ledger.at(receiptsOf(deliveries)).base()
  const isLater = (each: BatchReceipt) =>
    !each.dry && each.state === 'committed' && !generation.folded.has(receiptId(each))
  const changes = deliveries.filter(isLater).flatMap(({ held = [] }) => held)
  const add = (a: number, b: number) => Math.max(0, a + b)
  return changes.reduce<Zeroed>(mergeWith(add), heldBySource(generation.held, settings))
}

type Errors = ReadonlyMap<string, { code: string; message: string }>

/** Saves how far each open export is. @param errors the last failed attempts of this run, by export */
export const summarizeProgress = (
  { documents, clock }: Pick<Dependencies, 'documents' | 'clock'>,
  queue: QueueSnapshot,
  errors: Errors
): Promise<void> =>
  unlessUnavailable(async () => {
    const isUnknown = queue.exports.some(
      (state) => attemptsOf(state).length > 0 && !errors.has(state.exportId)
    )
    const before = isUnknown ? await readOpen(documents) : []
    const earlier = new Map(before.map(({ exportId, lastError }) => [exportId, lastError]))
    const open = queue.exports.map((state): OpenSummary => {
      const { exportId, plan } = state
      const { route, scope, trigger = 'api', dry: dryRun } = state.request
      const status = openStatus(state)
      const attempts = attemptsOf(state)
      const error = errors.get(exportId) ?? earlier.get(exportId)
      const failed = { attempts: attempts.length, nextTryAt: iso(retryAt({ attempts })) }
      return {
        ...{ exportId, route, scope, trigger, dryRun, status, ...progressIn(queue, state) },
        ...(plan && { startedAt: iso(plan.startedAt) }),
        ...(error &&
          attempts.length > 0 && {
            lastError: { code: error.code, message: error.message, ...failed },
          }),
      }
    })
    await saveOpen(documents, open, clock.now())
  })

/** Failed attempts of an export and its sources since the last progress, oldest first. */
const attemptsOf = ({ attempts, sources }: OpenExport) =>
  [...attempts, ...sources.flatMap((source) => source.attempts)].sort((a, b) => a - b)

function progressIn(queue: QueueSnapshot, { exportId, plan, lists }: OpenExport) {
  const listed = CHANGING_SOURCES.flatMap((name) => lists[name] ?? [])
  const isBySku = plan?.sources.some(isChanging) ?? false
  const receipts = counted(queue, exportId).filter(({ source }) => !isBySku || isChanging(source))
  const read = sum(receipts.map(({ skus = 0 }) => skus))
  return listed.length > 0 ? { planned: sum(pluck('total', listed)), read } : { read }
}
