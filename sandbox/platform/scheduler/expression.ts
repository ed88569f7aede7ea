import { CronExpressionParser } from 'cron-parser'

/** Thrown for a text that is no cron expression of five fields; the message says what is wrong. */
export class BadExpression extends Error {}

const FIELDS = 5

/**
 * The first minute after `after` that a cron expression names, in UTC (VTEX IO: the time zone is
 * undocumented), in milliseconds; undefined when there is none up to `until`. Minute, hour, day of the
 * month, month, day of the week: nothing finer than a minute. Throws `BadExpression`.
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
