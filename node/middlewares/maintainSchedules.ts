import { reconcileSchedules } from '../services'
import type { Context, Next } from './errorHandler'

/**
 * Registers changed schedules before anybody is refused: after a token change VTEX's scheduler calls once more with the
 * old token, and its next call has the new one.
 */
export async function maintainSchedules(ctx: Context, next: Next): Promise<void> {
  await reconcileSchedules(ctx)
  await next()
}
