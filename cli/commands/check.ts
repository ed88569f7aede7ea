import { z } from 'zod'
import { ACTION_REQUIRED, OK } from '../exitCodes'
import { printable, table } from '../format'
import type { Command } from './command'

/** `POST /check`. */
export const checkAnswer = z.object({
  status: z.enum(['ok', 'failed']),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['ok', 'failed', 'skipped']),
      durationMs: z.number(),
      code: z.string().optional(),
      message: z.string(),
      do: z.string().optional(),
    })
  ),
})

/** A connection does not work: the response has the results all the same. */
const FAILED_DEPENDENCY = 424

/** Tries every connection that exports need. */
export const check: Command = async ({ api, paint }) => {
  const answer = await api.call('/check', {
    answer: checkAnswer,
    method: 'POST',
    alsoAnswers: [FAILED_DEPENDENCY],
  })
  const failed = answer.checks.filter(({ status }) => status === 'failed')
  const [first] = failed
  const verdict =
    first === undefined
      ? `${paint('OK', 'green')}: no connection fails`
      : `${paint('FAILED', 'red')}: ${failed.length} of ${answer.checks.length}, first ${printable(`${first.name}: ${first.message}`)}`
  const rows = answer.checks.map(({ name, status, durationMs, message }) => [
    ...[name, status, durationMs, message],
  ])
  const text = [
    verdict,
    '',
    table(['connection', 'status', 'ms', 'result'], rows),
    ...(failed.some((each) => each.do) ? ['', 'What to do:'] : []),
    ...failed.flatMap((each) => (each.do ? [`- ${each.name}: ${printable(each.do)}`] : [])),
  ].join('\n')
  return { code: failed.length === 0 ? OK : ACTION_REQUIRED, answer, text }
}
