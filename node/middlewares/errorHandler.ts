import type { ServiceContext } from '@vtex/api'
import type { Clients } from '../clients'
import type { ErrorCode } from '../common/errorCodes'
import { AppError, describe } from '../common/errors'
import { runtimeLog } from '../common/logger'
import { SettingsUnavailableError } from '../settings/settingsCache'
import { StateError } from '../state/documents'

export type Context = ServiceContext<Clients>
export type Next = () => Promise<unknown>

/**
 * Outermost: no answer of ours may be kept by VTEX's edge, and none carries anything but our own words.
 * Left to the runtime, an error would be answered with its fields, upstream's answer included, and be
 * cached.
 */
export async function errorHandler(ctx: Context, next: Next): Promise<void> {
  ctx.set('cache-control', 'no-store')
  try {
    await next()
  } catch (thrown) {
    const error = asHttpError(thrown)
    if (error.status >= 500) {
      const { code, message } = describe(thrown)
      const log = runtimeLog(ctx.vtex.logger, ctx.vtex.account)
      log.error('request.failed', {
        route: ctx.vtex.route.id,
        status: error.status,
        code,
        reason: message,
      })
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
  return new HttpError(
    500,
    'internal',
    'an unexpected error; the log of this moment tells its kind'
  )
}

/** A request that is refused, and how: the status, and `{code, message}` where the contract has a body. */
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
