import { CronExpressionParser } from 'cron-parser'

const FIELDS = 5
/** Longer than any that somebody needs. */
const MOST_CHARACTERS = 200

const NAMES = /\b(SUN|MON|TUE|WED|THU|FRI|SAT|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b/gi
const PLAIN = /^[\d*,/-]+$/

/**
 * A cron expression as VTEX's scheduler takes it, blanks tidied up; undefined for what is none. Minute, hour,
 * day of the month, month, day of the week, with lists, ranges, steps and English names: which extensions
 * (`L`, `#`, `?`, `@daily`, seconds) VTEX takes is documented nowhere, so none is.
 */
export function readCron(text: string): string | undefined {
  const fields = text.trim().split(/\s+/)
  if (text.length > MOST_CHARACTERS || fields.length !== FIELDS) return undefined
  if (!fields.every((field) => PLAIN.test(field.replace(NAMES, '1')))) return undefined
  const expression = fields.join(' ')
  try {
    // One that never comes, such as on the 31st of February, is found out only here.
    CronExpressionParser.parse(expression, { tz: 'UTC' }).next()
    return expression
  } catch {
    return undefined
  }
}
