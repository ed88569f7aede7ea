import { z } from 'zod'

const count = z.int().nonnegative()
const ONCE_MORE = {
  delay: { addMinutes: 1, addHours: 0, addDays: 0 },
  times: 1,
  backOffRate: 1,
}

const endDate = z.string().refine((text) => !Number.isNaN(endOf(text)), 'expected a date')

/** The body that creates or replaces an entry (VTEX IO: `PUT|POST /api/scheduler/...?version=4`). */
export const entrySchema = z.object({
  id: z.string().min(1).max(200),
  scheduler: z.object({ expression: z.string(), endDate }),
  request: z.object({
    uri: z.url(),
    method: z.string().min(1),
    headers: z.record(z.string(), z.string()).nullish(),
    body: z.unknown().optional(),
  }),
  retry: z
    .object({
      delay: z.object({ addMinutes: count, addHours: count, addDays: count }),
      times: count,
      backOffRate: z.number().positive(),
    })
    .default(ONCE_MORE),
})

/** A scheduled request with its retries. */
export type Entry = z.infer<typeof entrySchema>

const MINUTE = 60_000

/** Parses an end date to epoch milliseconds; without a time zone it is UTC. */
export function endOf(text: string): number {
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`)
}

/** Milliseconds until the next attempt after `failed` ones; undefined if there is none. */
export function retryDelay({ retry }: Entry, failed: number): number | undefined {
  if (failed > retry.times) return undefined
  const { addMinutes, addHours, addDays } = retry.delay
  const first = (addMinutes + 60 * (addHours + 24 * addDays)) * MINUTE
  return first * retry.backOffRate ** (failed - 1)
}
