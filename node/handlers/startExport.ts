import { realClock, timestampOf } from '../common/clock'
import { describe } from '../common/errors'
import type { Log } from '../common/logger'
import { STOCK, TRIGGER_HEADER } from '../common/paths'
import { endedPath } from '../exports/documentNames'
import { type EXPORT_ROUTES, TRIGGERS } from '../exports/exportAnswers'
import type { ExportRequest, Scope } from '../exports/exportRequest'
import { type Context, HttpError, unavailable } from '../middlewares/errorHandler'
import { delivers } from '../schedules/schedules'
import { type Services, servicesOf } from '../services'
import { readSetting } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { type Documents, StateError } from '../state/documents'
import { checkSeller, type Flags, parsePath, parseQuery, parseVerify } from './exportParameters'

/** Handler of the six routes: accepts the export and responds 200 with zero bytes. */
export const startExport = (route: (typeof EXPORT_ROUTES)[number]) =>
  async function handle(ctx: Context) {
    const scope = parsePath(ctx.vtex.route.params)
    const flags = parseQuery(ctx.querystring)
    const settings = await appSettings(ctx)
    const verify = parseVerify(ctx.querystring, route, readSetting(settings, 'delivery'))
    if (scope.sellerId !== undefined) {
      const centraSellerId = readSetting(settings, 'centraSellerId') || undefined
      await checkSeller(scope.sellerId, centraSellerId, (from) => ctx.clients.sellers.page(from))
    }
    await acceptExport(ctx, route, scope, { ...flags, ...(verify && { verify }) }, settings)
    ctx.body = ''
  }

/** Accepts an export, and says so in the response's headers. */
export async function acceptExport(
  ctx: Context,
  route: ExportRequest['route'],
  scope: Scope,
  flags: Flags & Pick<ExportRequest, 'verify'>,
  settings: unknown
): Promise<ExportRequest> {
  const dry = flags.dryRun || !delivers(settings, ctx.vtex)
  // Any other value counts as a client of the API.
  const trigger = TRIGGERS.find((each) => each === ctx.get(TRIGGER_HEADER)) ?? 'api'
  const request = await enqueue(servicesOf(ctx), route, scope, { dry, ...flags, trigger })
  ctx.set('x-export-id', request.exportId)
  ctx.set('location', `${STOCK}/exports/${request.exportId}`)
  return request
}

const MAX_QUEUED = 32

type Acceptance = Pick<
  Services,
  'documents' | 'log' | 'requestRun' | 'resumeQueueIfStalled' | 'now'
>

/**
 * Saves a request and sends a work event. Once this returns, the export will end, whatever crashes.
 * @throws {HttpError} 429 if too many are queued, 503 if it is not durable: nothing is accepted
 */
export async function enqueue(
  { documents, log, requestRun, resumeQueueIfStalled, now }: Acceptance,
  route: ExportRequest['route'],
  scope: Scope,
  options: Pick<ExportRequest, 'dry' | 'dryRun' | 'force' | 'verify' | 'trigger'>
): Promise<ExportRequest> {
  const queued = await documents.list('exports')
  if (queued.length >= MAX_QUEUED) {
    // Courier may have lost all work events: then nothing else restarts the queue.
    await resumeQueueIfStalled()
    const message = `${queued.length} exports wait already`
    throw new HttpError(429, 'too_many_exports', message, { 'retry-after': '60' })
  }
  const acceptedAt = now()
  const exportId = `${timestampOf(acceptedAt)}-${realClock.uniqueId()}`
  const request: ExportRequest = { v: 1, exportId, route, scope, acceptedAt, ...options }
  try {
    await documents.save('exports', exportId, request)
    await requestRun({ v: 1, id: realClock.uniqueId() })
  } catch (thrown) {
    if (await isWithdrawn(documents, exportId, log)) {
      log.error('export.refused', { exportId, reason: describe(thrown).message })
      const failed = thrown instanceof StateError ? 'saved' : 'queued'
      throw unavailable('not_durable', `the export could not be ${failed}; nothing was accepted`)
    }
  }
  const { dry, force, trigger = 'api' } = options
  const { sellers, skus, ...selected } = scope
  const held = { sellers: sellers?.join(), skus: skus?.length }
  log.info('export.accepted', { exportId, route, trigger, ...selected, ...held, dry, force })
  return request
}

/**
 * Removes a request that was refused with 503. If this fails too, the export may run although it was refused.
 * @returns false if it has ended: the event was sent, and only courier's response was lost
 */
async function isWithdrawn(documents: Documents, exportId: string, log: Log) {
  try {
    await documents.remove('exports', exportId)
    return (await documents.read('ended', endedPath(exportId))) === null
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown
    log.error('export.withdrawalFailed', { exportId, reason: thrown.message })
    return true
  }
}
