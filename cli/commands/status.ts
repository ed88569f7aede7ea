import type { z } from 'zod'
import { statusAnswer } from '../../node/status/answers'
import { codeOfState } from '../exitCodes'
import { duration, fields, type Paint, plural, printable, relative, table } from '../format'
import type { Command } from './command'

type Status = z.infer<typeof statusAnswer>

const STATES: Record<Status['state'], [word: string, colour: Parameters<Paint>[1]]> = {
  ok: ['OK', 'green'],
  late: ['LATE', 'yellow'],
  paused: ['PAUSED', 'yellow'],
  actionRequired: ['ACTION REQUIRED', 'red'],
}

/** Whether stock reaches Intershop. */
export const status: Command = async ({ api, now, paint }) => {
  const answer = await api.call('/status', { answer: statusAnswer })
  const [word, colour] = STATES[answer.state]
  // The first line alone is what monitors show.
  const first = answer.reasons[0]?.message ?? 'stock reaches Intershop'
  const text = [
    `${paint(word, colour)}: ${printable(first)}`,
    ...answer.reasons.flatMap((reason, index) => reasonLines(reason, index > 0)),
    '',
    overview(answer, now()),
    ...section('exports in the queue', queue(answer)),
    ...section('last errors', lastErrors(answer, now())),
  ].join('\n')
  return { code: codeOfState(answer.state), answer, text }
}

function reasonLines({ message, action, call }: Status['reasons'][number], withMessage: boolean) {
  const body = call?.body === undefined ? '' : ` ${JSON.stringify(call.body)}`
  return [
    ...(withMessage ? [`- ${printable(message)}`] : []),
    `  do: ${printable(action)}`,
    ...(call === undefined ? [] : [`  call: ${printable(`${call.method} ${call.path}${body}`)}`]),
  ]
}

function overview(answer: Status, now: number): string {
  const { pending, held, drop, queue: waiting, nextCalls } = answer
  const more = pending.isCapped ? 'over ' : ''
  const oldest =
    pending.oldestAt === undefined ? '' : `, the oldest from ${relative(pending.oldestAt, now)}`
  const next = (schedule: 'update' | 'full') => {
    const call = nextCalls.find((each) => each.schedule === schedule)
    const { status: state } = answer.schedules[schedule]
    return call === undefined ? `none (${state})` : `${relative(call.at, now)} (${state})`
  }
  return fields([
    ['last update', lastEnd(answer.lastUpdate)],
    ['last full export', lastEnd(answer.lastFullExport)],
    ['next update', next('update')],
    ['next full export', next('full')],
    ['queue', plural(waiting.length, 'export')],
    ['pending changes', `${more}${plural(pending.changes, 'SKU')}${oldest}`],
    ['held offers', `${held.total}${bySource(held.bySource)}`],
    ['files in the drop', drop && filesText(drop)],
    ['version', answer.version],
  ])
}

function lastEnd(last: Status['lastUpdate']): string {
  if (last === null) return 'never'
  const { ageSeconds, durationMs, exportId } = last
  return `${duration(ageSeconds * 1_000)} ago, in ${duration(durationMs)} (${exportId})`
}

function bySource(counts: Record<string, number>): string {
  const named = Object.entries(counts).filter(([, count]) => count > 0)
  if (named.length === 0) return ''
  return ` (${named.map(([source, count]) => `${source} ${count}`).join(', ')})`
}

function filesText({ files, oldestAgeSeconds }: NonNullable<Status['drop']>): string {
  const oldest =
    oldestAgeSeconds === undefined ? '' : `, the oldest ${duration(oldestAgeSeconds * 1_000)} old`
  return `${files}${oldest}`
}

function queue({ queue: { exports } }: Status): string | undefined {
  if (exports.length === 0) return undefined
  return table(
    ['export', 'route', 'status', 'read', 'planned', '%', 'left', 'last error'],
    exports.map((each) => [
      ...[each.exportId, each.route, each.status, each.read, each.planned],
      each.percent === undefined ? undefined : Math.floor(each.percent),
      each.secondsLeft === undefined ? undefined : duration(each.secondsLeft * 1_000),
      each.lastError?.code,
    ])
  )
}

function lastErrors({ lastErrors: errors }: Status, now: number): string | undefined {
  if (errors.length === 0) return undefined
  return table(
    ['upstream', 'when', 'code', 'export', 'message'],
    errors.map(({ upstream, at, code, exportId, message }) => [
      ...[upstream, relative(at, now), code, exportId, message],
    ])
  )
}

const section = (title: string, content: string | undefined) =>
  content === undefined ? [] : ['', `${title}:`, content]
