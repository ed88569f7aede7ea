import type { Context } from '../middlewares/errorHandler'
import { readingEngineOf, servicesOf } from '../services'
import { parseSettings, type Settings, SettingsError } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { type HeldAccepted, type HeldPage, heldSelection, type SkuAnswer } from '../status/answers'
import { liveOffers } from '../status/liveSku'
import { heldQuery, skuId, skuQuery } from '../status/parameters'
import { heldPage, lastSent, ledgerNow } from '../status/sentOffers'
import { bodyOf, pathParameter, queryOf } from './query'
import { acceptExport } from './startExport'

const HELD_A_PAGE = 100

/** Undefined if they are invalid: what was sent can be shown all the same. */
async function settingsOf(ctx: Context): Promise<Settings | undefined> {
  try {
    return parseSettings(await appSettings(ctx.clients.apps, ctx.vtex))
  } catch (thrown) {
    if (thrown instanceof SettingsError) return undefined
    throw thrown
  }
}

/** GET /skus/:skuId: what Intershop was sent last of it, and with `live` what its sources say now. */
export async function showSku(ctx: Context): Promise<void> {
  const id = pathParameter(ctx, 'skuId', skuId)
  const { live } = queryOf(ctx, skuQuery)
  const { documents } = servicesOf(ctx)
  const settings = await settingsOf(ctx)
  const offers = await lastSent(documents, await ledgerNow(documents), settings, id)
  const answer: SkuAnswer = {
    ...{ skuId: id, offers },
    ...(live && { live: await liveOffers(readingEngineOf(ctx), id) }),
  }
  ctx.body = answer
  ctx.status = 200
}

/** GET /held: held offers, in pages. */
export async function listHeld(ctx: Context): Promise<void> {
  const query = queryOf(ctx, heldQuery)
  const { before = Number.MAX_SAFE_INTEGER, limit = HELD_A_PAGE, sellerId } = query
  const ledger = await ledgerNow(servicesOf(ctx).documents)
  const page: HeldPage = await heldPage(ledger, await settingsOf(ctx), { sellerId, before, limit })
  ctx.body = page
  ctx.status = 200
}

/** POST /held/release and /held/dismiss: accepts an export of these held offers. */
export const decideHeld = (route: 'release' | 'dismiss') =>
  async function handle(ctx: Context): Promise<void> {
    const { sellers, skus, dryRun } = await bodyOf(ctx, heldSelection)
    const settings = await appSettings(ctx.clients.apps, ctx.vtex)
    const scope = { ...(sellers && { sellers }), ...(skus && { skus }) }
    const flags = { dryRun, force: false }
    const { exportId, dry } = await acceptExport(ctx, route, scope, flags, settings)
    const answer: HeldAccepted = { exportId, location: ctx.response.get('location'), dryRun: dry }
    ctx.body = answer
    ctx.status = 202
  }
