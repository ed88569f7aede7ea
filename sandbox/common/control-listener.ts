import type { RequestListener } from 'node:http'
import type Router from '@koa/router'
import Koa from 'koa'
import { z } from 'zod'

/** Serves a control router; routes can be added at any time. Errors return JSON, with 400 for invalid input. */
export function createControlListener(router: Router): RequestListener {
  const app = new Koa()
  // Koa would print errors over the progress display.
  app.silent = true
  app.use(async (ctx, next) => {
    ctx.set('cache-control', 'no-store')
    try {
      await next()
      if (ctx.status === 404 && !ctx.body) {
        ctx.status = 404
        ctx.body = { code: 'NotFound', message: `no ${ctx.method} ${ctx.path}` }
      }
    } catch (error) {
      const bad = error instanceof z.ZodError || error instanceof RangeError
      ctx.status = bad ? 400 : statusOf(error)
      const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
      ctx.body = { code: bad ? 'BadRequest' : 'Error', message }
    }
  })
  app.use(router.routes())
  return app.callback()
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error && error.status
  return typeof status === 'number' ? status : 500
}
