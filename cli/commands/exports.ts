import {
  exportList,
  exportReport,
  ROUTES,
  STATUSES,
  TRIGGERS,
} from '../../node/exports/exportAnswers'
import { type Api, ApiError } from '../api'
import { oneOf, UsageError, whole } from '../arguments'
import { codeOfExport, hasEnded, lastErrors, OK, type Report } from '../exitCodes'
import { explain } from '../explain'
import { duration, fields, moment, plural, printable, table } from '../format'
import type { Command, Context, Outcome } from './command'

/** The latest exports, newest first. */
export const listExports: Command = async ({ api, options }) => {
  const query = {
    status: oneOf('--status', options.status, STATUSES),
    route: oneOf('--route', options.route, ROUTES),
    trigger: oneOf('--trigger', options.trigger, TRIGGERS),
    limit: whole('--limit', options.limit, 1, 50),
    before: options.before,
  }
  const answer = await api.call('/exports', { answer: exportList, query })
  const rows = answer.exports.map((each) => [
    ...[each.exportId, `${each.route}${scopeText(each.scope)}`, each.status],
    each.coveredBy === undefined ? each.trigger : 'merged',
    moment(each.acceptedAt),
    each.durationMs === undefined ? undefined : duration(each.durationMs),
    ...[each.offers.sent, each.offers.unchanged, each.offers.held, each.offers.failed, each.files],
    each.dryRun ? 'dry run' : (each.error ?? each.lastError)?.code,
  ])
  const titles = ['export', 'route', 'status', 'trigger', 'accepted', 'duration']
  const counts = ['sent', 'unchanged', 'held', 'failed', 'files', 'note']
  const text = [
    rows.length === 0 ? 'no exports' : table([...titles, ...counts], rows),
    ...(answer.next === undefined ? [] : [`more: --before ${printable(answer.next)}`]),
  ].join('\n')
  return { code: OK, answer, text }
}

function scopeText({ startId, sellerId, minutes, sellers, skus }: Report['scope']): string {
  const parts = [
    startId === undefined ? [] : `from ${startId}`,
    sellerId === undefined ? [] : `seller ${sellerId}`,
    minutes === undefined ? [] : `${minutes} min`,
    sellers === undefined ? [] : `sellers ${sellers.join()}`,
    skus === undefined ? [] : plural(skus.length, 'SKU'),
  ].flat()
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

/** The progress of an export until it ends. */
export const watch: Command = (context) => watchExport(context, idOf(context.operand))

/** Failed requests in a row after which a watch ends. */
const MAX_FAILURES = 10

/** Watches an export, or the one that it was merged into. */
export async function watchExport(context: Context, id: string): Promise<Outcome> {
  const { api, options, now, sleep, progress } = context
  const interval = (whole('--interval', options.interval, 1, 3_600) ?? 2) * 1_000
  let report: Report | undefined
  for (let failures = 0; ; await sleep(interval)) {
    try {
      report = await reportOf(api, id)
      failures = 0
    } catch (error) {
      failures++
      if (!(error instanceof ApiError) || !error.isTemporary || failures >= MAX_FAILURES)
        throw error
      progress(`${time(now())} ${error.message}; trying again`)
      continue
    }
    if (hasEnded(report)) break
    progress(`${time(now())} ${progressOf(report)}`)
  }
  const merged = await mergedInto(api, report)
  const text = `${summary(merged ?? report)}\n\n${explanation(report, merged, now())}`
  return { code: codeOfExport(merged ?? report), answer: report, text }
}

const time = (at: number) => new Date(at).toISOString().slice(11, 19)

/** A line such as `running  45%  900 of 2000 SKUs, 850 sent, about 1 min left`. */
export function progressOf(report: Report): string {
  const { skus, offers, durationMs = 0 } = report
  const { read, planned } = skus
  const error = lastErrors(report)[0]
  const share = planned ? `  ${Math.floor((100 * read) / planned)}%` : ''
  const count = planned === undefined ? `${plural(read, 'SKU')} read` : `${read} of ${planned} SKUs`
  const left =
    planned !== undefined && read > 0 && read < planned
      ? `, about ${duration((durationMs * (planned - read)) / read)} left`
      : ''
  const problem = error === undefined ? '' : `; ${error.code}: ${printable(error.message)}`
  return `${report.status}${share}  ${count}, ${offers.sent} sent${left}${problem}`
}

/** Why an export is late, failed or incomplete. */
export const why: Command = async ({ api, operand, now }) => {
  const report = await reportOf(api, idOf(operand))
  const merged = await mergedInto(api, report)
  return {
    code: codeOfExport(merged ?? report),
    answer: { ...explain(report, now(), merged), report },
    text: explanation(report, merged, now()),
  }
}

function explanation(report: Report, merged: Report | undefined, now: number): string {
  const { headline, reasons, actions } = explain(report, now, merged)
  return [
    printable(headline),
    ...reasons.map((reason) => `- ${printable(reason)}`),
    ...(actions.length === 0 ? [] : ['', 'What to do:']),
    ...actions.map((action) => `- ${printable(action)}`),
  ].join('\n')
}

function summary(report: Report): string {
  const { offers, status, skus, files, durationMs } = report
  return fields([
    ['status', status],
    ['duration', durationMs === undefined ? undefined : duration(durationMs)],
    ['SKUs read', `${skus.read}${skus.planned === undefined ? '' : ` of ${skus.planned}`}`],
    ['offers', `${offers.processed}: ${countsOf(offers)}`],
    ['files', String(files)],
  ])
}

function countsOf(offers: Report['offers']): string {
  const { processed: _, ...counts } = offers
  const named = Object.entries(counts).filter(([, count]) => count > 0)
  return named.map(([name, count]) => `${count} ${name}`).join(', ') || 'none'
}

const reportOf = (api: Api, id: string) =>
  api.call(`/exports/${encodeURIComponent(id)}`, { answer: exportReport })

const mergedInto = (api: Api, { coveredBy }: Report) =>
  coveredBy === undefined ? undefined : reportOf(api, coveredBy)

function idOf(operand: string): string {
  if (/^[\w-]{1,100}$/.test(operand)) return operand
  throw new UsageError(`${printable(operand)}: expected the id of an export, as x-export-id has it`)
}
