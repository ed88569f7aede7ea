import type { Context, Next } from './answers'
import { HttpError } from './httpError'

/**
 * Lets only these verbs pass. In place of the runtime's `method()`, whose 405 may be cached by the edge.
 */
export const verbs = (...allowed: string[]) =>
  async function onlyVerbs(ctx: Context, next: Next): Promise<void> {
    if (!allowed.includes(ctx.method)) {
      const allow = allowed.join(', ')
      throw new HttpError(405, 'method_not_allowed', `expected ${allow}`, { allow })
    }
    await next()
  }
