import type { Context } from '../middlewares/errorHandler'
import { bodyOf, checked, queryOf } from '../middlewares/request'
import { readingEngineOf, servicesOf } from '../services'
import { checkSettings } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { type HeldAccepted, heldSelection, type SkuAnswer } from '../status/answers'
import { liveOffers } from '../status/liveSku'
import { heldQuery, skuId, skuQuery } from '../status/parameters'
import { heldPage, lastSent, ledgerNow } from '../status/sentOffers'
import { acceptExport } from './startExport'

const HELD_A_PAGE = 100

/** GET /skus/:skuId: what Intershop was sent last of it, and with `live` what its sources say now. */
export async function showSku(ctx: Context): Promise<void> {
  const id = checked(skuId, ctx.vtex.route.params.skuId, 'invalid_parameter', 'skuId')
  const { live } = queryOf(ctx, skuQuery)
  const { documents } = servicesOf(ctx)
  const saved = checkSettings(await appSettings(ctx))
  const offers = await lastSent(documents, await ledgerNow(documents), saved.settings, id)
  ctx.body = {
    ...{ skuId: id, offers },
    ...(live && { live: await liveOffers(readingEngineOf(ctx), saved, id) }),
  } satisfies SkuAnswer
}

/** GET /held: held offers, in pages. */
export async function listHeld(ctx: Context): Promise<void> {
  const query = queryOf(ctx, heldQuery)
  const { before = Number.MAX_SAFE_INTEGER, limit = HELD_A_PAGE, sellerId } = query
  const ledger = await ledgerNow(servicesOf(ctx).documents)
  const { settings } = checkSettings(await appSettings(ctx))
  ctx.body = await heldPage(ledger, settings, { sellerId, before, limit })
}

/** POST /held/release and /held/dismiss: accepts an export of these held offers. */
export const decideHeld = (route: 'release' | 'dismiss') =>
  async function handle(ctx: Context): Promise<void> {
    const { sellers, skus, dryRun } = await bodyOf(ctx, heldSelection)
    const settings = await appSettings(ctx)
    const scope = { ...(sellers && { sellers }), ...(skus && { skus }) }
    const flags = { dryRun, force: false }
    const { exportId, dry } = await acceptExport(ctx, route, scope, flags, settings)
    const location = ctx.response.get('location')
    ctx.body = { exportId, location, dryRun: dry } satisfies HeldAccepted
    ctx.status = 202
  }
