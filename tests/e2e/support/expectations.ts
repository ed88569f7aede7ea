import { z } from 'zod'

import type { App } from './app'
import { type Answer, json } from './http'

const errorSchema = z.strictObject({ code: z.string().min(1), message: z.string().min(1) })

/** The `{code, message}` of an answer; throws where it says more or less. */
export const errorOf = (answer: Answer) => errorSchema.parse(json(answer))

/** Whether an answer may be kept by a cache on its way. */
export const mayBeCached = ({ headers }: Answer) => headers['cache-control'] !== 'no-store'

/** The answers that a cache may keep: there must be none. */
export const cacheable = (app: App) =>
  app.answers
    .filter(mayBeCached)
    .map(({ request, status, headers }) => `${request}: ${status} ${headers['cache-control']}`)

/** The statuses that were answered so far, sorted. */
export const statusesSeen = (app: App) =>
  [...new Set(app.answers.map(({ status }) => status))].sort()

const endedLine = z.object({
  level: z.string(),
  data: z.object({ step: z.literal('export.ended'), status: z.string() }),
})

/** How each export ended, and at which level the log tells of it: "failed: error"; each once, sorted. */
export async function endsInTheLog(app: App): Promise<string[]> {
  const lines = (await app.log()).split('\n').filter((line) => line.includes('"export.ended"'))
  const ends = lines.map((line) => endedLine.parse(JSON.parse(line)))
  return [...new Set(ends.map(({ level, data }) => `${data.status}: ${level}`))].sort()
}
