import type { ServiceContext } from '@vtex/api'
import type { Clients } from '../clients'
import { AppError, type ErrorCode, errorFields } from '../common/errors'
import { runtimeLog } from '../common/logger'
import { SettingsUnavailableError } from '../settings/settingsCache'
import { StateError } from '../state/documents'

export type Context = ServiceContext<Clients>
export type Next = () => Promise<unknown>

/**
 * Outermost: VTEX's edge must not cache any response, and errors contain nothing from outside. The runtime would respond
 * with all fields of an error, also those of an upstream, and let the edge cache it.
 */
export async function errorHandler(ctx: Context, next: Next): Promise<void> {
  ctx.set('cache-control', 'no-store')
  try {
    await next()
  } catch (thrown) {
    const error = asHttpError(thrown)
    if (error.status >= 500) {
      const { logger, account, route } = ctx.vtex
      const fields = { route: route.id, status: error.status, ...errorFields(thrown) }
      runtimeLog(logger, account).error('request.failed', fields)
    }
    ctx.set(error.headers)
    ctx.body = { code: error.code, message: error.message }
    ctx.status = error.status
  }
}

function asHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown
  if (thrown instanceof StateError || thrown instanceof SettingsUnavailableError) {
    return unavailable(thrown.code, thrown.message)
  }
  const message = 'an unexpected error; the log of this moment tells its kind'
  return new HttpError(500, 'internal', message)
}

/** A response with this status and the body `{code, message}`. */
export class HttpError extends AppError {
  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
    readonly headers: Record<string, string> = {}
  ) {
    super(message)
  }
}

export const badRequest = (code: ErrorCode, message: string) => new HttpError(400, code, message)

export const notFound = (code: ErrorCode, message: string) => new HttpError(404, code, message)

export const unavailable = (code: ErrorCode, message: string) =>
  new HttpError(503, code, message, { 'retry-after': '30' })
