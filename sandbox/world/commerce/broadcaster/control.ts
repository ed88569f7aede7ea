import type Router from '@koa/router'
import { json } from 'co-body'
import { behaviourSchema } from './behaviour'
import type { Broadcaster } from './broadcaster'

/**
 * The broadcaster's control API: `GET broadcaster` returns its behaviour and counts, `PUT broadcaster` {doubled?,
 * delayed?, delay?, reordered?, reorderWithin?, lost?, partial?} changes the given fields.
 */
export function addBroadcasterControl(router: Router, broadcaster: Broadcaster): void {
  const { behaviour, counts } = broadcaster
  router.get('/broadcaster', (ctx) => {
    ctx.body = { behaviour, counts }
  })
  router.put('/broadcaster', async (ctx) => {
    Object.assign(behaviour, behaviourSchema.partial().parse(await json(ctx.req)))
    ctx.body = { behaviour, counts }
  })
}
