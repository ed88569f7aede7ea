import { reconcileSchedules } from '../services'
import type { Context, Next } from './errorHandler'

/**
 * Registers changed schedules before authentication: after a token change, VTEX's scheduler calls once with the old
 * token. That call gets 401, and makes the next one send the new token.
 */
export async function maintainSchedules(ctx: Context, next: Next): Promise<void> {
  await reconcileSchedules(ctx)
  await next()
}
