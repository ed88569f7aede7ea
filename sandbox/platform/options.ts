import type Router from '@koa/router'
import type { CourierBehaviour } from './courier/behaviour'
import type { Courier, PendingDelivery } from './courier/courier'
import type { RequestCounters } from './egress/counters'
import type { Upstream } from './egress/egress'
import type { LimitRule, Limits } from './egress/limits'
import type { Policies } from './egress/policies'
import type { Faults } from './faults/faults'
import type { SetupShape } from './install'
import type { Scheduled, Scheduler } from './scheduler/scheduler'
import type { Settings, SettingsStore } from './settings'
import type { VBaseHandle } from './vbase/handle'

/** Which app runs, for whom, and against what world. */
export interface PlatformOptions {
  /** Holds manifest.json and node/. */
  appDirectory: string
  /** Builds go here, one folder each; inside the repository, so that its node_modules resolve. */
  buildDirectory: string
  /** VBase's files, courier's queue, the schedule and the settings; survives a restart. */
  stateDirectory: string
  account: string
  workspace: string
  production: boolean
  /** The public edge's port on 127.0.0.1; any free one when 0 or absent. */
  port?: number
  /** Worker processes, 1 when absent. */
  replicas?: number
  /** Keep a second process ready for each worker, to take its place at once; default no. */
  standby?: boolean
  /** Options of each worker's node, such as `--max-old-space-size=96`. */
  workerArguments?: readonly string[]
  /** The world outside VTEX IO's infra by hostname. */
  upstreams: Readonly<Record<string, Upstream>>
  /** Saved when none are saved yet. */
  initialSettings?: Settings
  /** Where the app's settings are kept; in a file of `stateDirectory` when absent. */
  settings?: SettingsStore
  /** Whether the control API is served, which shows and sets everything; default yes. */
  control?: boolean
  /** The file to which the workers' stdout and stderr are appended. */
  log: string
  /** Milliseconds added to each call to `upstreams`. */
  latency?: number
  /** Calls that upstreams take a second, from the start. */
  limits?: readonly LimitRule[]
  /** Of all randomness in faults, courier and VBase; 1 when absent. */
  seed?: number
}

/** A running VTEX IO with one app installed. */
export interface Platform {
  /** The public edge, `http://127.0.0.1:{port}`. */
  readonly url: string
  /** What the app shows as its credential (`Proxy-Authorization`, `VtexIdclientAutCookie`). */
  readonly credential: string
  /** Serves under `/_sandbox` on the edge's port; others may add routes to it at any time. */
  readonly control: Router
  readonly settings: { read(): Promise<Settings>; save(next: Settings): Promise<void> }
  readonly faults: Faults
  /** How many calls a second upstreams take. */
  readonly limits: Limits
  /** What the app is granted: the policies of its manifest, but for those that are withheld. */
  readonly policies: Pick<Policies, 'withheld'>
  readonly vbase: VBaseHandle
  readonly courier: {
    readonly behaviour: CourierBehaviour
    readonly counts: Courier['counts']
    pending(): PendingDelivery[]
    /** Resolves when no event waits or is under way. */
    idle(): Promise<void>
  }
  readonly replicas: {
    readonly count: number
    pids(): number[]
    /** Ends a worker (0-based), SIGKILL when absent; it is started again. */
    kill(index: number, signal?: NodeJS.Signals): void
    killAll(signal?: NodeJS.Signals): void
    /** Resolves when all workers listen. */
    allUp(): Promise<void>
  }
  /** The app's calls by upstream. */
  readonly requests: RequestCounters
  readonly events: {
    /** Delivers an event of another app, such as `vtex.broadcaster`, to the handlers that subscribed. */
    send(sender: string, topic: string, body: unknown, subject?: string): Promise<void>
  }
  /**
   * Tells the app of an installation (sender `apps`, topic `setup`): its own, or that of an app with
   * another id. The first start with fresh state, or with another version, does so by itself.
   */
  install(id?: string, shape?: SetupShape): Promise<void>
  /** What the app asked to be called for. */
  readonly scheduler: {
    readonly counts: Scheduler['counts']
    list(): Scheduled[]
    /** Makes an entry's call now, as its minute would. */
    run: Scheduler['run']
  }
  /** Ends workers and servers; what is in `stateDirectory` stays. */
  stop(): Promise<void>
}
