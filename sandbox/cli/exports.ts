import { setTimeout as sleep } from 'timers/promises'
import { z } from 'zod'
import { TOKEN } from '../sandbox'

/** Where the app's stock routes are. */
export const ROUTES = '/_v/intershop/stock'

const LOOK_EVERY = 300

const UNDER_WAY = ['queued', 'running', 'cancelling'] as const

/** Where an export stands, as its report says. */
export const exportStatus = z.enum([
  ...UNDER_WAY,
  'completed',
  'completedWithErrors',
  'failed',
  'cancelled',
])

const errorSchema = z.object({ code: z.string(), message: z.string() })

const reportSchema = z.object({
  exportId: z.string(),
  status: exportStatus,
  notes: z.array(z.string()),
  skus: z.object({
    planned: z.number().optional(),
    read: z.number(),
    remaining: z.number().optional(),
  }),
  offers: z.object({
    processed: z.number(),
    sent: z.number(),
    unchanged: z.number(),
    held: z.number(),
    filtered: z.number(),
    unmapped: z.number(),
    failed: z.number(),
  }),
  sources: z.record(z.string(), z.object({ error: errorSchema.optional() })),
  files: z.number(),
  failures: z.array(
    z.object({
      skuId: z.number().optional(),
      rowId: z.number().optional(),
      code: z.string(),
      message: z.string(),
    })
  ),
  error: errorSchema.optional(),
})

/** An export's report, as far as it is shown. */
export type Report = z.infer<typeof reportSchema>

/** Whether nothing of this export will change any more. */
export function ended({ status }: Pick<Report, 'status'>): boolean {
  return !UNDER_WAY.some((each) => each === status)
}

/** Asks for an export, a full one by default; answers its id. Rejects with the app's answer when it does not accept. */
export async function startExport(url: string, route = 'export'): Promise<string> {
  const path = `${ROUTES}/${route}`
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers: { token: TOKEN } })
  const id = answer.headers.get('x-export-id')
  if (answer.status === 200 && id) return id
  throw new Error(`[POST] ${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`)
}

/** An export's report; undefined while the app cannot answer, as when its worker was just killed. */
export async function readReport(url: string, exportId: string): Promise<Report | undefined> {
  try {
    const answer = await fetch(`${url}${ROUTES}/exports/${exportId}`, { headers: { token: TOKEN } })
    return answer.status === 200 ? reportSchema.parse(await answer.json()) : undefined
  } catch (error) {
    if (error instanceof z.ZodError) throw error
    return undefined
  }
}

/** An export's report once it has ended; each one before that is shown to `seen`. */
export async function awaitEnd(
  url: string,
  exportId: string,
  seen: (report: Report) => void = () => {}
): Promise<Report> {
  for (;;) {
    const report = await readReport(url, exportId)
    if (report && ended(report)) return report
    if (report) seen(report)
    await sleep(LOOK_EVERY)
  }
}
