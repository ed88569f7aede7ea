import { text } from 'co-body'
import { type Context, HttpError, type Next } from './errorHandler'

const LIMIT = '16kb'

/** Reads the body to its end and ignores it: the contract has none, and VTEX's scheduler sends `{}`. */
export async function discardBody(ctx: Context, next: Next): Promise<void> {
  // The limit counts compressed bytes: co-body would unzip them, and reject unknown encodings.
  delete ctx.req.headers['content-encoding']
  try {
    await text(ctx.req, { limit: LIMIT })
  } catch (thrown) {
    const { status } = (thrown ?? {}) as { status?: unknown }
    if (status === 413) {
      throw new HttpError(413, 'body_too_large', `expected no body, ${LIMIT} at most`)
    }
    throw new HttpError(400, 'body_unreadable', 'expected no body, or one that can be read')
  }
  await next()
}
