import { type Context, HttpError, type Next } from './errorHandler'

/** Allows only these HTTP methods. Replaces the runtime's `method()`, whose 405 the edge may cache. */
export const allowMethods = (...allowed: string[]) =>
  async function checkMethod(ctx: Context, next: Next): Promise<void> {
    if (!allowed.includes(ctx.method)) {
      const allow = allowed.join(', ')
      throw new HttpError(405, 'method_not_allowed', `expected ${allow}`, { allow })
    }
    await next()
  }
