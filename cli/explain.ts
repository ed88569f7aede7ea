import { type ErrorCode, errorCodes } from '../node/common/errors'
import { hasEnded, lastErrors, type Report } from './exitCodes'
import { duration, moment, plural, relative } from './format'

/** Why an export is late, failed or incomplete, in sentences, and what to do about it. */
export interface Explanation {
  headline: string
  reasons: string[]
  actions: string[]
}

const SOURCES: Record<string, string> = {
  own: 'own stock',
  sellers: 'stock of marketplace sellers',
  centra: 'stock of Centra',
}

/** What an error code means and what to do; the texts are the app's own. */
const explained = (code: string) =>
  Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode] : undefined

/** Collects reasons, and each action once. */
class Findings {
  readonly reasons: string[] = []
  private readonly found = new Set<string>()

  add(reason: string, action?: string): void {
    this.reasons.push(reason)
    if (action !== undefined && action !== '' && action !== 'nothing') this.found.add(action)
  }

  get actions(): string[] {
    return [...this.found]
  }
}

/** Explains a report at the time `now`. A merged export is explained by the one that it was merged into. */
export function explain(report: Report, now: number, mergedInto?: Report): Explanation {
  const findings = new Findings()
  if (report.coveredBy !== undefined) {
    findings.add(
      `It was merged into the identical export ${report.coveredBy}, which has the counts.`
    )
  }
  const subject = mergedInto ?? report
  if (subject.dryRun) findings.add('It is a dry run: nothing is published and no state changes.')
  if (hasEnded(subject)) explainOutcome(subject, findings)
  else explainProgress(subject, now, findings)
  for (const note of subject.notes) findings.add(`Note: ${withStop(note)}`)
  return { headline: headlineOf(report, now), reasons: findings.reasons, actions: findings.actions }
}

function headlineOf(report: Report, now: number): string {
  const name = `Export ${report.exportId} (${callOf(report)})`
  const ended = report.endedAt === undefined ? '' : ` It ended ${relative(report.endedAt, now)}.`
  switch (report.status) {
    case 'queued':
      return `${name} waits in the queue since ${duration(now - Date.parse(report.acceptedAt))}.`
    case 'running':
      return lastErrors(report).length > 0
        ? `${name} is late: it runs, but an attempt has failed.`
        : `${name} runs since ${duration(report.durationMs ?? 0)}.`
    case 'cancelling':
      return `${name} is being cancelled.`
    case 'completed':
      return `${name} is complete.${ended}`
    case 'completedWithErrors':
      return `${name} is incomplete.${ended}`
    case 'failed':
      return `${name} failed.${ended}`
    case 'cancelled':
      return `${name} was cancelled.${ended}`
  }
}

function explainProgress(report: Report, now: number, findings: Findings): void {
  const { read, planned, remaining } = report.skus
  for (const { source, code, message, attempts, nextTryAt } of lastErrors(report)) {
    const [meaning, action] = explained(code) ?? [code]
    const reader = source === undefined ? 'It' : `Its ${SOURCES[source] ?? source}`
    findings.add(
      `${reader} cannot go on: ${meaning} (${code}). ${withStop(message)} ` +
        `${plural(attempts, 'attempt')} failed since the last progress; the next one is not before ${moment(nextTryAt)}, ` +
        `${relative(nextTryAt, now)}. After ten minutes without progress it is abandoned.`,
      action
    )
  }
  if (report.status === 'queued') {
    findings.add(
      'Updates and time windows go before full exports, and full exports get at least every fourth step. ' +
        'The queue is in `intershop-stock status`.',
      'wait; if `intershop-stock status` shows no other export, any POST restarts a stalled queue'
    )
  } else if (planned === undefined) {
    findings.add(`It lists SKUs or reads rows of Centra; ${plural(read, 'SKU')} read so far.`)
  } else {
    findings.add(`It has read ${read} of ${plural(planned, 'SKU')}; ${remaining ?? 0} remain.`)
  }
}

function explainOutcome(report: Report, findings: Findings): void {
  explainEnd(report, findings)
  for (const [source, { status, error, read }] of Object.entries(report.sources)) {
    if (
      error === undefined ||
      (error.code === report.error?.code && error.message === report.error.message)
    )
      continue
    const [meaning, action] = explained(error.code) ?? [error.code]
    const end = status === 'failed' ? 'was not read to its end' : 'is incomplete'
    findings.add(
      `Its ${SOURCES[source] ?? source} ${end} (${read} read): ${meaning} (${error.code}). ` +
        `${withStop(error.message)} Nothing was set to 0 because of that.`,
      action
    )
  }
  explainOffers(report, findings)
  explainManualAction(report, findings)
  if (findings.reasons.length === 0)
    findings.add('Every selected SKU was read, and nothing is left.')
}

function explainEnd(report: Report, findings: Findings): void {
  if (report.status === 'cancelled') {
    findings.add(
      'Somebody cancelled it with a DELETE. Files that were already published remain.',
      startAgain(report)
    )
  } else if (report.status === 'failed') {
    const { code, message } = report.error ?? { code: 'internal', message: 'no reason is recorded' }
    const [meaning, action] = explained(code) ?? [code]
    findings.add(`The reason: ${meaning} (${code}). ${withStop(message)}`, action)
    findings.add(
      'A failed export does not continue. Changes that it did not send stay pending for the next update.',
      startAgain(report)
    )
  }
}

function explainOffers({ exportId, offers, failureCodes }: Report, findings: Findings): void {
  for (const [code, count] of Object.entries(failureCodes)) {
    const [meaning, action] = explained(code) ?? [code]
    findings.add(
      `${plural(count, 'offer')} failed: ${meaning} (${code}). Intershop keeps the quantities sent last.`,
      action
    )
  }
  if (offers.failed > 0) {
    findings.add(
      `All of them: GET ${path(exportId)}/failures?format=csv. An update retries SKUs that an update missed.`
    )
  }
  if (offers.held > 0) {
    findings.add(
      `${plural(offers.held, 'offer')} dropped to 0 beyond maxNewlyZeroPercent and ${offers.held === 1 ? 'is' : 'are'} held: ` +
        'Intershop still sells the quantities sent last.',
      'look at `intershop-stock held`: correct VTEX or Centra if the zeros are a mistake, else send them with ' +
        '`intershop-stock release`, first with --dry-run'
    )
  }
  if (offers.unmapped > 0) {
    findings.add(
      `${plural(offers.unmapped, 'offer')} without a SKU in Intershop ${offers.unmapped === 1 ? 'was' : 'were'} not sent: GET ${path(exportId)}/unmapped?format=csv.`
    )
  }
}

function explainManualAction(report: Report, findings: Findings): void {
  const { manualAction = [], manualActionRows = [] } = report
  const listed = [
    ...(manualAction.length > 0 ? [`SKU ${manualAction.join(', ')}`] : []),
    ...(manualActionRows.length > 0 ? [`row ${manualActionRows.join(', ')} of Centra`] : []),
  ]
  if (listed.length > 0) {
    findings.add(
      `Ten updates could not read ${listed.join(' and ')}: updates no longer retry them.`,
      'check them in VTEX or Centra; an update tries them again once they change'
    )
  }
}

const path = (exportId: string) => `/exports/${exportId}`

const startAgain = (report: Report) => `start it again: ${callOf(report)}`

/** The call that starts such an export. */
export function callOf({
  route,
  scope,
  dryRun,
  force,
}: Pick<Report, 'route' | 'scope' | 'dryRun' | 'force'>) {
  const { startId = 0, sellerId = '', minutes = 0 } = scope
  const seller = `/export/seller/${encodeURIComponent(sellerId)}`
  const paths: Record<Report['route'], string> = {
    update: '/update',
    export: '/export',
    start: `/export/start/${startId}`,
    seller,
    time: `/export/time/${minutes}`,
    sellerTime: `${seller}/time/${minutes}`,
    release: '/held/release',
    dismiss: '/held/dismiss',
  }
  const flags = [...(dryRun ? ['dryRun=true'] : []), ...(force ? ['force=true'] : [])].join('&')
  return `POST ${paths[route]}${flags === '' || route === 'release' || route === 'dismiss' ? '' : `?${flags}`}`
}

/** Ends a sentence of somebody else. */
function withStop(text: string): string {
  const trimmed = text.trim()
  const sentence = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
