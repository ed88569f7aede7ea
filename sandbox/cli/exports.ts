import { setTimeout as sleep } from 'timers/promises'
import { z } from 'zod'
import { TOKEN } from '../sandbox'

/** Common path of the app's stock routes. */
export const ROUTES = '/_v/intershop/stock'

const POLL_EVERY = 300

const ACTIVE = ['queued', 'running', 'cancelling'] as const

/** An export's status in its report. */
export const exportStatus = z.enum([
  ...ACTIVE,
  'completed',
  'completedWithErrors',
  'failed',
  'cancelled',
])

/** Why an export, or one of its sources, failed. */
export const errorSchema = z.object({ code: z.string(), message: z.string() })

/** The fields of an export's report that the programs of the sandbox show. */
export const reportSchema = z.object({
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

/** The fields of an export's report that are printed. */
export type Report = z.infer<typeof reportSchema>

/** Whether the export has reached its final status. */
export function hasEnded({ status }: Pick<Report, 'status'>): boolean {
  return !ACTIVE.some((each) => each === status)
}

/** Starts an export, by default a full one; returns its id. Rejects with the app's response if it is not accepted. */
export async function startExport(url: string, route = 'export'): Promise<string> {
  const path = `${ROUTES}/${route}`
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { token: TOKEN } })
  const id = response.headers.get('x-export-id')
  if (response.status === 200 && id) return id
  throw new Error(`[POST] ${path}: ${response.status} ${(await response.text()).slice(0, 300)}`)
}

/** Reads an export's report; undefined while the app does not respond, for example after a worker was killed. */
export async function readReport(url: string, exportId: string): Promise<Report | undefined> {
  try {
    const headers = { token: TOKEN }
    const response = await fetch(`${url}${ROUTES}/exports/${exportId}`, { headers })
    return response.status === 200 ? reportSchema.parse(await response.json()) : undefined
  } catch (error) {
    if (error instanceof z.ZodError) throw error
    return undefined
  }
}

/** Waits until an export has ended; returns its report, and passes each earlier one to `onProgress`. */
export async function awaitEnd(
  url: string,
  exportId: string,
  onProgress: (report: Report) => void = () => {}
): Promise<Report> {
  for (;;) {
    const report = await readReport(url, exportId)
    if (report && hasEnded(report)) return report
    if (report) onProgress(report)
    await sleep(POLL_EVERY)
  }
}
