import { stringify } from 'csv-stringify/sync'
import { sum, whereEq } from 'ramda'
import { realClock } from '../common/clock'
import { STOCK } from '../common/paths'
import { itemsOf, type ListName } from '../exports/batches'
import { type ExportList, failure, offerName, type Status } from '../exports/exportAnswers'
import { requestSchema } from '../exports/exportRequest'
import { hasEnded, type Report, reportOf, shownReport, summaryOf } from '../exports/report'
import { endedReportOf, openReports, searchEnded } from '../exports/reports'
import { type Context, HttpError, notFound } from '../middlewares/errorHandler'
import { queryOf } from '../middlewares/request'
import { schedulesOf, servicesOf } from '../services'
import { checkSettings, settingsHashOf } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { type Documents, StateError } from '../state/documents'
import { exportId as exportIdSchema, exportsQuery, itemsQuery } from '../status/parameters'

const EXPORTS_A_PAGE = 50
/** With a filter that few exports meet, a page ends after so many reports. */
const REPORTS_READ = 200
const ITEMS_A_PAGE = 1_000

/** With an empty settings hash if the settings are invalid: the reports that say so stay readable. */
async function openReportsOf(ctx: Context, exportId?: string): Promise<Report[]> {
  const { settings } = checkSettings(await appSettings(ctx))
  const { documents, resumeQueueIfStalled } = servicesOf(ctx)
  const settingsHash = settings ? settingsHashOf(settings) : ''
  const open = await openReports({ documents, clock: realClock }, settingsHash, exportId)
  if (open.length > 0) await resumeQueueIfStalled()
  return open
}

function exportIdOf(ctx: Context): string {
  const { success, data } = exportIdSchema.safeParse(ctx.vtex.route.params.exportId)
  if (success) return data
  throw notFound('unknown_export', 'exportId: expected the value of an x-export-id header')
}

/** The whole report of an export. @throws {HttpError} 404 */
async function reportIn(ctx: Context, exportId: string): Promise<Report> {
  const { documents } = servicesOf(ctx)
  const ended = () => endedReportOf(documents, exportId)
  const listed = (await ended()) ?? (await openReportsOf(ctx, exportId))[0]
  // It may have ended between the two reads.
  const report = listed ?? (await ended()) ?? (await unlisted(documents, exportId))
  if (report) return report
  throw notFound('unknown_export', 'there is no such export, or no longer')
}

/** The report of a new export that is missing in a stale listing. */
async function unlisted(documents: Documents, exportId: string) {
  const document = await documents.read('exports', exportId)
  if (document === null) return undefined
  const { data } = requestSchema.safeParse(document)
  if (!data) throw new StateError(`the request of ${exportId} cannot be read`)
  const isCancelled = (await documents.read('cancelled', exportId)) !== null
  return reportOf(data, undefined, [], isCancelled ? 'cancelling' : 'queued')
}

/** GET /exports: summaries, latest first, and the state of the schedules. */
export async function listExports(ctx: Context): Promise<void> {
  const { before, limit = EXPORTS_A_PAGE, ...wanted } = queryOf(ctx, exportsQuery)
  const { documents, now } = servicesOf(ctx)
  const open = await openReportsOf(ctx)
  const isWanted = (report: Report) => whereEq(wanted, report)
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
  ctx.body = {
    exports: shown.map((report) => summaryOf(report, now())),
    ...(next !== undefined && { next }),
    schedules: schedulesOf(ctx, await appSettings(ctx)).state(),
  } satisfies ExportList
}

/** GET /exports/:exportId: one report. DELETE: cancels the export. */
export async function oneExport(ctx: Context): Promise<void> {
  const exportId = exportIdOf(ctx)
  const report = await reportIn(ctx, exportId)
  if (ctx.method === 'DELETE') return cancel(ctx, exportId, report.status)
  ctx.body = shownReport(report, servicesOf(ctx).now())
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

/** GET /exports/:exportId/failures, /unmapped and /held: all of them, in pages, as JSON or CSV. */
export const listItems = (list: ListName) =>
  async function handle(ctx: Context): Promise<void> {
    const exportId = exportIdOf(ctx)
    const { format = 'json', after = 0, limit = ITEMS_A_PAGE } = queryOf(ctx, itemsQuery)
    const report = await reportIn(ctx, exportId)
    const { batches } = report
    // Reports of earlier versions have the first hundred alone.
    const first = list === 'held' ? report.heldOffers : report[list]
    const total = batches ? sum(batches.map((each) => each[list])) : first.length
    const items = batches
      ? await itemsOf(servicesOf(ctx).documents, batches, list, { after, limit })
      : first.slice(after, after + limit)
    const next = after + limit
    const hasMore = next < total
    if (format === 'json') {
      ctx.body = { exportId, total, items, ...(hasMore && { next }) }
      return
    }
    const more = `${STOCK}/exports/${exportId}/${list}?format=csv&after=${next}&limit=${limit}`
    if (hasMore) ctx.set('link', `<${more}>; rel="next"`)
    const columns = Object.keys((list === 'held' ? offerName : failure).shape)
    // Spreadsheets would run a text that begins with = as a formula.
    ctx.body = stringify(items, { header: true, columns, escape_formulas: true })
    ctx.type = 'text/csv; charset=utf-8'
  }
