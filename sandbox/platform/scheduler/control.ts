import type Router from '@koa/router'
import { present } from './http'
import type { Scheduler } from './scheduler'

/**
 * The scheduler's part of the control API: `GET scheduler` shows its entries with their last calls, and
 * counts; `POST scheduler/:id/run` makes an entry's call now, and answers how it went.
 */
export function addSchedulerControl(router: Router, scheduler: Scheduler, workspace: string): void {
  router.get('/scheduler', (ctx) => {
    const entries = scheduler
      .list()
      .map((each) => ({ ...present(each, workspace), calls: each.calls }))
    ctx.body = { counts: scheduler.counts, entries }
  })
  router.post('/scheduler/:id/run', async (ctx) => {
    const found = scheduler.list().find(({ entry }) => entry.id === ctx.params.id)
    if (found === undefined) return ctx.throw(404, `there is no entry ${ctx.params.id}`)
    ctx.body = await scheduler.run(found)
  })
}
