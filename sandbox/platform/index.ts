import { appendFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { createControlListener } from '../common/control-listener'
import { sendJson } from '../common/http'
import { seededRandom } from '../common/random'
import { closeServer, listen } from '../common/servers'
import { readApp } from './app'
import { buildApp } from './build/build'
import { createControlRouter } from './control'
import { Courier } from './courier/courier'
import { createCourierListener } from './courier/http'
import { DeliveryQueue } from './courier/queue'
import { createWorkerDelivery } from './courier/worker-delivery'
import { createEdge } from './edge/edge'
import { Forwarder } from './edge/forward'
import { createPrivateRoutes } from './edge/private-routes'
import { RequestCounters } from './egress/counters'
import { createEgress } from './egress/egress'
import { Limits } from './egress/limits'
import { readPolicies } from './egress/policies'
import { JANUS_HOST } from './egress/target'
import { Faults } from './faults/faults'
import { createIdentity, workerEnvironment } from './identity'
import { Installation } from './installation'
import { NotSimulated } from './not-simulated'
import type { Platform, PlatformOptions } from './options'
import { ReplicaPool } from './replicas/pool'
import { addSchedulerControl } from './scheduler/control'
import { createSchedulerListener, SCHEDULER_PATH } from './scheduler/http'
import { createRequestSender, publicHost } from './scheduler/request-sender'
import { Scheduler } from './scheduler/scheduler'
import { EntryStore } from './scheduler/store'
import { createAppsListener, SettingsStore } from './settings'
import { createVBaseHandle } from './vbase/handle'
import { createVBaseListener } from './vbase/http'
import { VBaseStore } from './vbase/store'

export { buildApp } from './build/build'
export { listPackage, packApp } from './build/pack'
export { courierBehaviourSchema } from './courier/behaviour'
export type { Upstream } from './egress/egress'
export { type LimitRule, limitRuleSchema } from './egress/limits'
export type { PoliciesOf } from './egress/policies'
export { RETRY_HEADER_FORMS, type RetryHeaderForm } from './egress/retry-headers'
export { type FaultKind, type FaultRule, faultRuleSchema } from './faults/rule'
export type { Platform, PlatformOptions } from './options'
export type { Settings } from './settings'
export { vbaseBehaviourSchema } from './vbase/behaviour'

/**
 * Starts a simulated VTEX IO with one app on the real @vtex/api runtime, and waits until its workers listen. Throws the
 * compiler's messages if the app does not compile, the end of the log if it does not start, EADDRINUSE if `port` is
 * taken. All servers listen on 127.0.0.1.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { upstreams, latency = 0, seed = 1 } = options
  const app = await readApp(options.appDirectory)
  const { directory } = await buildApp(options.appDirectory, options.buildDirectory)
  const identity = createIdentity(options)
  const whose = { ...identity, owner: app.owner }

  const state = join(options.stateDirectory, identity.account, identity.workspace)
  await mkdir(state, { recursive: true })
  const settings = options.settings ?? new SettingsStore(join(state, 'settings.json'))
  if (options.initialSettings !== undefined) {
    await settings.saveFirst(options.initialSettings)
  }
  const store = new VBaseStore(join(state, 'vbase'), seededRandom(seed + 1))
  const vbase = createVBaseHandle(store)
  const replicas = new ReplicaPool(options.replicas ?? 1, options.log, options.standby)
  const courier = new Courier(
    new DeliveryQueue(join(state, 'courier')),
    app.subscriptions,
    createWorkerDelivery(replicas, identity),
    seededRandom(seed + 2)
  )
  const faults = new Faults(seededRandom(seed))
  const limits = new Limits()
  for (const rule of options.limits ?? []) limits.add(rule)
  const requests = new RequestCounters()
  const policies = readPolicies(app, identity)
  const installation = new Installation(app, join(state, 'installed'), courier)
  const notSimulated = new NotSimulated((message) => {
    appendFileSync(options.log, `${message}\n`)
    options.onNotSimulated?.(message)
  })
  const forwarder = new Forwarder(app, replicas)
  const control = createControlRouter({
    settings,
    faults,
    limits,
    replicas,
    vbase,
    courier,
    requests,
    installation,
    callPrivateRoute: createPrivateRoutes({ app, identity, forwarder, notSimulated }),
    notSimulated,
  })
  let url = ''
  const scheduler = new Scheduler(
    new EntryStore(join(state, 'scheduler.json')),
    createRequestSender(publicHost(identity), () => url)
  )
  addSchedulerControl(control, scheduler, identity.workspace)

  const infra = {
    vbase: { handle: createVBaseListener(store, whose, notSimulated), policy: 'vbase-read-write' },
    courier: { handle: createCourierListener(courier, whose), policy: 'colossus-fire-event' },
    apps: { handle: createAppsListener(settings, app, identity, notSimulated) },
  }
  const hosted = [
    {
      name: 'scheduler',
      host: JANUS_HOST,
      path: SCHEDULER_PATH,
      handle: createSchedulerListener(scheduler, identity),
    },
    ...(options.hosted ?? []),
  ]
  const egress = createEgress({
    policies,
    identity,
    faults,
    limits,
    requests,
    infra,
    hosted,
    upstreams,
    latency,
    notSimulated,
  })
  const served = options.control === false ? notServed : createControlListener(control)
  const edge = createEdge({ app, identity, forwarder, control: served, notSimulated })
  const stop = async (): Promise<void> => {
    courier.stop()
    scheduler.stop()
    await Promise.all([closeServer(edge), replicas.stop()])
    await closeServer(egress)
  }

  try {
    await scheduler.load()
    url = await listen(edge, options.port)
    const proxy = await listen(egress)
    const environment = workerEnvironment(app, identity, proxy)
    await replicas.start({ directory, arguments: options.workerArguments ?? [], environment })
    await courier.start()
    await installation.notifyOnce()
    scheduler.start()
    return {
      url,
      credential: identity.credential,
      egress: proxy,
      control,
      settings,
      faults,
      limits,
      policies,
      vbase,
      courier,
      replicas,
      requests,
      events: {
        send: (sender, topic, body, subject) =>
          courier.send({ sender, topic, subject, body: JSON.stringify(body) }),
      },
      install: (id, shape) => installation.notify(id, shape),
      scheduler,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const notServed: RequestListener = (_, response) =>
  sendJson(response, 404, { code: 'NotFound', message: 'the control API is not served here' })
