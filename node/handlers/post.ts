import { accountOf } from '../account'
import type { ExportRequest } from '../exports/scope'
import type { Context } from '../middlewares/answers'
import { readSetting } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { accept } from './accept'
import { flagsOf } from './flags'
import { scopeOf } from './parameters'
import { checkSeller } from './sellerCheck'

/** Handler of the six routes: accepts the export and answers 200 with zero bytes. */
export const post = (route: ExportRequest['route']) =>
  async function postExport(ctx: Context) {
    const scope = scopeOf(ctx.vtex.route.params)
    const flags = flagsOf(ctx.querystring)
    const account = accountOf(ctx)
    const settings = await appSettings(ctx.clients.apps, ctx.vtex)
    if (scope.sellerId !== undefined) {
      const centraSellerId = readSetting(settings, 'centraSellerId') || undefined
      await checkSeller(scope.sellerId, centraSellerId, (from) => ctx.clients.sellers.page(from))
    }
    const dry = flags.dryRun || !mayDeliver(ctx, settings)
    const { exportId } = await accept(account, route, scope, { dry, ...flags })
    ctx.set('x-export-id', exportId)
    ctx.set('location', `/_v/intershop/stock/exports/${exportId}`)
    ctx.body = ''
    ctx.status = 200
  }

/** A workspace for trying things out must not change what the storefront sells. */
function mayDeliver({ vtex }: Context, saved: unknown): boolean {
  const { deliverFromWorkspace } = (saved ?? {}) as { deliverFromWorkspace?: unknown }
  return vtex.production || String(deliverFromWorkspace ?? '').trim() === vtex.workspace
}
