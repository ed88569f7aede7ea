import Router from '@koa/router'
import { json } from 'co-body'
import { z } from 'zod'
import { courierBehaviourSchema } from './courier/behaviour'
import type { Courier } from './courier/courier'
import { CONTROL_PREFIX } from './edge/edge'
import type { CallPrivateRoute } from './edge/private-routes'
import type { RequestCounters } from './egress/counters'
import { type Limits, limitRuleSchema } from './egress/limits'
import type { Faults } from './faults/faults'
import { faultRuleSchema } from './faults/rule'
import type { Installation } from './installation'
import type { NotSimulated } from './not-simulated'
import type { ReplicaPool } from './replicas/pool'
import { type SettingsStore, settingsSchema } from './settings'
import { vbaseBehaviourSchema } from './vbase/behaviour'
import type { VBaseHandle } from './vbase/handle'

/** Methods of private routes. */
const PRIVATE_METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const

const installSchema = z.object({
  id: z.string().optional(),
  shape: z.enum(['to', 'id']).default('to'),
})
const signalSchema = z.enum(['SIGKILL', 'SIGTERM', 'SIGSTOP', 'SIGCONT'])

interface Controlled {
  settings: SettingsStore
  faults: Faults
  limits: Limits
  replicas: ReplicaPool
  vbase: VBaseHandle
  courier: Courier
  requests: RequestCounters
  installation: Installation
  callPrivateRoute: CallPrivateRoute
  notSimulated: NotSimulated
}

/**
 * The control API of the platform, under `/_sandbox`:
 * `GET|PUT settings`; `GET|POST|DELETE faults`, `DELETE faults/:id`; the same for `limits`; `GET replicas`,
 * `POST replicas/:index/kill?signal=`; `GET|PUT vbase` (its behaviour), `GET vbase/:bucket?prefix=`,
 * `GET|PUT|DELETE vbase/:bucket/:path` (PUT: any JSON); `GET|PUT courier` (PUT: its behaviour); `GET|DELETE requests`;
 * `POST install?id=&shape=`; `GET|POST|PUT|DELETE private/:path`, a private route of the app; `GET not-simulated`. A PUT of a
 * behaviour changes the given fields only.
 */
export function createControlRouter(parts: Controlled): Router {
  const { settings, faults, limits, replicas, vbase, courier, requests, installation } = parts
  const { callPrivateRoute, notSimulated } = parts
  const router = new Router({ prefix: CONTROL_PREFIX })

  router.get('/settings', async (ctx) => {
    ctx.body = await settings.read()
  })
  router.put('/settings', async (ctx) => {
    await settings.save(settingsSchema.parse(await json(ctx.req)))
    ctx.body = await settings.read()
  })

  addRules(router, '/faults', faults, faultRuleSchema, () => ({
    rules: faults.list(),
    injected: faults.injected(),
  }))
  addRules(router, '/limits', limits, limitRuleSchema, () => ({ limits: limits.list() }))

  router.get('/replicas', (ctx) => {
    ctx.body = { count: replicas.count, pids: replicas.pids() }
  })
  router.post('/replicas/:index/kill', (ctx) => {
    replicas.kill(Number(ctx.params.index), signalSchema.parse(ctx.query.signal ?? 'SIGKILL'))
    ctx.status = 204
  })

  router.get('/vbase', (ctx) => {
    ctx.body = { behaviour: vbase.behaviour }
  })
  router.put('/vbase', async (ctx) => {
    const change = vbaseBehaviourSchema.partial().parse(await json(ctx.req))
    ctx.body = { behaviour: Object.assign(vbase.behaviour, change) }
  })
  router.get('/vbase/:bucket', async (ctx) => {
    const { prefix } = ctx.query
    ctx.body = await vbase.files(ctx.params.bucket ?? '', prefix ? String(prefix) : undefined)
  })
  router.get('/vbase/:bucket/:path(.+)', async (ctx) => {
    const { bucket = '', path = '' } = ctx.params
    ctx.body = await vbase.readJson(bucket, path)
  })
  router.put('/vbase/:bucket/:path(.+)', async (ctx) => {
    const { bucket = '', path = '' } = ctx.params
    await vbase.saveJson(bucket, path, await json(ctx.req, { strict: false }))
    ctx.status = 204
  })
  router.delete('/vbase/:bucket/:path(.+)', async (ctx) => {
    const { bucket = '', path = '' } = ctx.params
    ctx.status = (await vbase.delete(bucket, path)) ? 204 : 404
  })

  router.get('/courier', (ctx) => {
    const { behaviour, counts } = courier
    ctx.body = { behaviour, counts, pending: courier.pending() }
  })
  router.put('/courier', async (ctx) => {
    const change = courierBehaviourSchema.partial().parse(await json(ctx.req))
    ctx.body = { behaviour: Object.assign(courier.behaviour, change) }
  })

  router.get('/requests', (ctx) => {
    ctx.body = requests.all()
  })
  router.delete('/requests', (ctx) => {
    requests.reset()
    ctx.status = 204
  })

  router.post('/install', async (ctx) => {
    const { id, shape } = installSchema.parse(ctx.query)
    await installation.notify(id, shape)
    ctx.status = 204
  })

  router.register('/private/:path(.+)', [...PRIVATE_METHODS], (ctx) => {
    // The worker's response is passed on as it is.
    ctx.respond = false
    callPrivateRoute(ctx.req, ctx.res, ctx.url.slice(`${CONTROL_PREFIX}/private`.length))
  })
  router.get('/not-simulated', (ctx) => {
    ctx.body = notSimulated.all()
  })
  return router
}

/** Rules that can be added and removed while the app runs. */
interface Rules<T> {
  /** Returns the rule's id. */
  add(rule: T): number
  /** Returns whether the rule existed. */
  remove(id: number): boolean
  clear(): void
}

function addRules<T>(
  router: Router,
  path: string,
  rules: Rules<T>,
  schema: z.ZodType<T>,
  list: () => object
): void {
  router.get(path, (ctx) => {
    ctx.body = list()
  })
  router.post(path, async (ctx) => {
    ctx.body = { id: rules.add(schema.parse(await json(ctx.req))) }
    ctx.status = 201
  })
  router.delete(path, (ctx) => {
    rules.clear()
    ctx.status = 204
  })
  router.delete(`${path}/:id`, (ctx) => {
    ctx.status = rules.remove(Number(ctx.params.id)) ? 204 : 404
  })
}
