import { CronExpressionParser } from 'cron-parser'

/** Thrown for an invalid cron expression; the message says what is wrong. */
export class BadExpression extends Error {}

const FIELDS = 5

/**
 * The next execution of a five-field cron expression after `after`, in epoch milliseconds; undefined if there is none
 * until `until`. UTC (VTEX IO: the time zone is undocumented). Throws `BadExpression`.
 */
export function nextExecution(expression: string, after: number, until: number) {
  const iterator = read(expression, after, until)
  return iterator.hasNext() ? iterator.next().getTime() : undefined
}

function read(expression: string, after: number, until: number) {
  const fields = expression.trim().split(/\s+/)
  if (fields.length !== FIELDS) {
    throw new BadExpression(`"${expression}": expected ${FIELDS} fields, got ${fields.length}`)
  }
  try {
    return CronExpressionParser.parse(fields.join(' '), {
      tz: 'UTC',
      currentDate: new Date(after),
      endDate: new Date(until),
    })
  } catch (error) {
    throw new BadExpression(`"${expression}": ${error instanceof Error ? error.message : error}`)
  }
}
