import type { Context } from '../middlewares/errorHandler'
import { html, policy } from './consolePage'

/** GET /console: the page, which is the same for everybody. Its data comes from the other routes, with the user's token. */
export async function showConsole(ctx: Context): Promise<void> {
  const { account, workspace } = ctx.vtex
  // VTEX's admin may frame it, also from the store's own domain.
  const admins = [account, `${workspace}--${account}`].map((name) => `https://${name}.myvtex.com`)
  ctx.set({
    'content-security-policy': `${policy}; frame-ancestors 'self' ${admins.join(' ')}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  ctx.type = 'html'
  ctx.body = html
}
