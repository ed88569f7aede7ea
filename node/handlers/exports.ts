import { realClock } from '../common/clock'
import { requestSchema } from '../exports/exportRequest'
import { hasEnded, reportOf, type Status } from '../exports/report'
import { endedReportOf, latestEnded, openReports } from '../exports/reports'
import { type Context, HttpError, notFound } from '../middlewares/errorHandler'
import { schedulesOf, servicesOf } from '../services'
import { parseSettings, SettingsError, settingsHashOf } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { type Documents, StateError } from '../state/documents'

const MAX_REPORTS = 50
const EXPORT_ID = /^\d{8}T\d{9}-[0-9a-f]{12}$/

/** Empty if the settings are invalid: the reports that say so stay readable. */
async function currentSettingsHash(ctx: Context): Promise<string> {
  try {
    return settingsHashOf(parseSettings(await appSettings(ctx.clients.apps, ctx.vtex)))
  } catch (thrown) {
    if (thrown instanceof SettingsError) return ''
    throw thrown
  }
}

function exportIdOf(ctx: Context): string {
  const { exportId } = ctx.vtex.route.params
  if (typeof exportId === 'string' && EXPORT_ID.test(exportId)) return exportId
  throw notFound('unknown_export', 'exportId: expected an id as x-export-id gave it')
}

async function reportIn(ctx: Context, exportId: string) {
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

/** GET /exports: the latest fifty, latest first, and the state of the schedules. */
export async function listExports(ctx: Context): Promise<void> {
  const { documents, now, resumeQueueIfStalled } = servicesOf(ctx)
  const open = await openReports({ documents, clock: realClock }, await currentSettingsHash(ctx))
  if (open.length > 0) await resumeQueueIfStalled()
  const ended = await latestEnded(documents, now(), MAX_REPORTS)
  const endedIds = new Set(ended.map(({ exportId }) => exportId))
  const all = [...open.filter(({ exportId }) => !endedIds.has(exportId)), ...ended]
  ctx.body = {
    exports: all.sort((a, b) => (a.exportId < b.exportId ? 1 : -1)).slice(0, MAX_REPORTS),
    schedules: schedulesOf(ctx).stateOf(await appSettings(ctx.clients.apps, ctx.vtex)),
  }
  ctx.status = 200
}

/** GET /exports/:exportId: one report. DELETE: cancels the export. */
export async function oneExport(ctx: Context): Promise<void> {
  const exportId = exportIdOf(ctx)
  const report = await reportIn(ctx, exportId)
  if (ctx.method === 'DELETE') return cancel(ctx, exportId, report.status)
  ctx.body = report
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
