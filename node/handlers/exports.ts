import { realClock } from '../common/clock'
import type { ExportList, Status } from '../exports/exportAnswers'
import { requestSchema } from '../exports/exportRequest'
import { hasEnded, type Report, reportOf, shownReport, summaryOf } from '../exports/report'
import { endedReportOf, openReports, searchEnded } from '../exports/reports'
import { type Context, HttpError, notFound } from '../middlewares/errorHandler'
import { schedulesOf, servicesOf } from '../services'
import { parseSettings, SettingsError, settingsHashOf } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { type Documents, StateError } from '../state/documents'
import { exportId as exportIdSchema, exportsQuery } from '../status/parameters'
import { queryOf } from './query'

const EXPORTS_A_PAGE = 50
/** With a filter that few exports meet, a page ends after so many reports. */
const REPORTS_READ = 200

/** Empty if the settings are invalid: the reports that say so stay readable. */
async function currentSettingsHash(ctx: Context): Promise<string> {
  try {
    return settingsHashOf(parseSettings(await appSettings(ctx.clients.apps, ctx.vtex)))
  } catch (thrown) {
    if (thrown instanceof SettingsError) return ''
    throw thrown
  }
}

export function exportIdOf(ctx: Context): string {
  const { success, data } = exportIdSchema.safeParse(ctx.vtex.route.params.exportId)
  if (success) return data
  throw notFound('unknown_export', 'exportId: expected the value of an x-export-id header')
}

/** The whole report of an export. @throws {HttpError} 404 */
export async function reportIn(ctx: Context, exportId: string) {
  const { documents, resumeQueueIfStalled } = servicesOf(ctx)
  const ended = await endedReportOf(documents, exportId)
  if (ended) return ended
  const engine = { documents, clock: realClock }
  const [open] = await openReports(engine, await currentSettingsHash(ctx), exportId)
  if (open) await resumeQueueIfStalled()
  // It may have ended between the two reads.
  const report =
    open ?? (await endedReportOf(documents, exportId)) ?? (await unlisted(documents, exportId))
  if (report) return report
  throw notFound('unknown_export', 'there is no such export, or no longer')
}

/** The report of a new export that is missing in a stale listing. */
async function unlisted(documents: Documents, exportId: string) {
  const document = await documents.read('exports', exportId)
  const { data, success } = requestSchema.safeParse(document)
  if (success) {
    const isCancelled = (await documents.read('cancelled', exportId)) !== null
    return reportOf(data, undefined, [], isCancelled ? 'cancelling' : 'queued')
  }
  if (document === null) return undefined
  throw new StateError(`the request of ${exportId} cannot be read`)
}

/** GET /exports: summaries, latest first, and the state of the schedules. */
export async function listExports(ctx: Context): Promise<void> {
  const { status, route, trigger, before, limit = EXPORTS_A_PAGE } = queryOf(ctx, exportsQuery)
  const { documents, now, resumeQueueIfStalled } = servicesOf(ctx)
  const open = await openReports({ documents, clock: realClock }, await currentSettingsHash(ctx))
  if (open.length > 0) await resumeQueueIfStalled()
  const isWanted = (report: Report) =>
    (status === undefined || report.status === status) &&
    (route === undefined || report.route === route) &&
    (trigger === undefined || report.trigger === trigger)
  const search = { before, isWanted, most: limit, mostRead: REPORTS_READ }
  const ended = await searchEnded(documents, now(), search)
  const endedIds = new Set(ended.reports.map(({ exportId }) => exportId))
  // Exports that are older than what was searched are on a later page.
  const isHere = ({ exportId }: Report) =>
    !endedIds.has(exportId) &&
    (before === undefined || exportId < before) &&
    exportId > (ended.next ?? '')
  const all = [...open.filter(isWanted).filter(isHere), ...ended.reports]
  const shown = all.sort((a, b) => (a.exportId < b.exportId ? 1 : -1)).slice(0, limit)
  const next = all.length > limit ? shown.at(-1)?.exportId : ended.next
  const answer: ExportList = {
    exports: shown.map((report) => summaryOf(report, now())),
    ...(next !== undefined && { next }),
    schedules: schedulesOf(ctx).stateOf(await appSettings(ctx.clients.apps, ctx.vtex)),
  }
  ctx.body = answer
  ctx.status = 200
}

/** GET /exports/:exportId: one report. DELETE: cancels the export. */
export async function oneExport(ctx: Context): Promise<void> {
  const exportId = exportIdOf(ctx)
  const report = await reportIn(ctx, exportId)
  if (ctx.method === 'DELETE') return cancel(ctx, exportId, report.status)
  ctx.body = shownReport(report, servicesOf(ctx).now())
  ctx.status = 200
}

/** Takes effect with the next step. Files already delivered remain. */
async function cancel(ctx: Context, exportId: string, status: Status): Promise<void> {
  if (hasEnded(status)) {
    throw new HttpError(409, 'already_ended', `the export has ended already: ${status}`)
  }
  const { documents, log, requestRun } = servicesOf(ctx)
  await documents.save('cancelled', exportId, { v: 1 })
  await requestRun({ v: 1, id: realClock.uniqueId() }).catch(() => {
    // The next event of the queue cancels it: the export is still in the queue.
    log.warn('export.cancelNotAnnounced', { exportId })
  })
  log.info('export.cancelled', { exportId })
  ctx.body = ''
  ctx.status = 202
}
