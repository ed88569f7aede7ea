import type Router from '@koa/router'
import { toJson } from './http'
import type { Scheduler } from './scheduler'

/**
 * The scheduler's control API: `GET scheduler` returns the entries with their last calls, and counts;
 * `POST scheduler/:id/run` runs an entry now and returns the result.
 */
export function addSchedulerControl(router: Router, scheduler: Scheduler, workspace: string): void {
  router.get('/scheduler', (ctx) => {
    const entries = scheduler
      .list()
      .map((each) => ({ ...toJson(each, workspace), calls: each.calls }))
    ctx.body = { counts: scheduler.counts, entries }
  })
  router.post('/scheduler/:id/run', async (ctx) => {
    const found = scheduler.list().find(({ entry }) => entry.id === ctx.params.id)
    if (found === undefined) return ctx.throw(404, `there is no entry ${ctx.params.id}`)
    ctx.body = await scheduler.run(found)
  })
}
