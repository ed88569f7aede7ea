import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { errorSchema, hasEnded, ROUTES, reportSchema } from '../cli/exports'

const LOOK_EVERY = 1_000

const failure = z.object({
  skuId: z.number().optional(),
  rowId: z.number().optional(),
  sellerId: z.string().optional(),
  code: z.string(),
  message: z.string(),
})

const liveReport = reportSchema.extend({
  route: z.string(),
  acceptedAt: z.string(),
  failures: z.array(failure),
  unmapped: z.array(failure),
  lastError: errorSchema.optional(),
})

/** An export's report, as far as it is shown. */
export type LiveReport = z.infer<typeof liveReport>

/** An offer or row that has no SKU in Intershop, with the reason. */
export type Unmapped = LiveReport['unmapped'][number]

const list = z.object({
  exports: z.array(liveReport.pick({ exportId: true, route: true, status: true })),
})

/** The app's routes, to those who have its token. */
export class AppClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly signal: AbortSignal
  ) {}

  /** The full export that an earlier run left unfinished, if there is one; else a new one. */
  async fullExport(): Promise<{ exportId: string; isResumed: boolean }> {
    const { exports } = await this.read('exports', list)
    const open = exports.find((report) => report.route === 'export' && !hasEnded(report))
    if (open) return { exportId: open.exportId, isResumed: true }
    const answer = await this.ask('POST', 'export')
    const exportId = answer.headers.get('x-export-id')
    if (answer.status === 200 && exportId) return { exportId, isResumed: false }
    throw new Error(`[POST] ${ROUTES}/export: ${answer.status}`)
  }

  /** The report of an export once it has ended; each one before that is shown to `seen`. */
  async awaitEnd(exportId: string, seen: (report: LiveReport) => void): Promise<LiveReport> {
    for (;;) {
      // A worker that was just replaced cannot respond for a moment.
      const report = await this.read(`exports/${exportId}`, liveReport).catch((thrown) => {
        this.signal.throwIfAborted()
        if (thrown instanceof z.ZodError) throw thrown
        return undefined
      })
      if (report && hasEnded(report)) return report
      if (report) seen(report)
      await sleep(LOOK_EVERY, undefined, { signal: this.signal })
    }
  }

  private async read<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    const answer = await this.ask('GET', path)
    if (answer.status === 200) return shape.parse(await answer.json())
    throw new Error(`[GET] ${ROUTES}/${path}: ${answer.status}`)
  }

  private ask(method: string, path: string): Promise<Response> {
    const { token, signal } = this
    return fetch(`${this.url}${ROUTES}/${path}`, { method, headers: { token }, signal })
  }
}
