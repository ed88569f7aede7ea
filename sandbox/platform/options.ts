import type Router from '@koa/router'
import type { CourierBehaviour } from './courier/behaviour'
import type { Courier, PendingDelivery } from './courier/courier'
import type { RequestCounters } from './egress/counters'
import type { HostedService, Upstream } from './egress/egress'
import type { LimitRule, Limits } from './egress/limits'
import type { Policies } from './egress/policies'
import type { Faults } from './faults/faults'
import type { SetupShape } from './installation'
import type { Scheduled, Scheduler } from './scheduler/scheduler'
import type { Settings, SettingsStore } from './settings'
import type { VBaseHandle } from './vbase/handle'

/** How to start a platform. */
export interface PlatformOptions {
  /** Contains manifest.json and node/. */
  appDirectory: string
  /** Folder of the builds; inside the repository, so that its node_modules resolve. */
  buildDirectory: string
  /** Folder of VBase's files, courier's queue, the schedules and the settings; kept over restarts. */
  stateDirectory: string
  account: string
  workspace: string
  production: boolean
  /** The public edge's port on 127.0.0.1; 0 or absent: any free one. */
  port?: number
  /** Number of worker processes; default 1. */
  replicas?: number
  /** Keep a standby process for each worker that replaces it at once; default no. */
  standby?: boolean
  /** Node options of each worker, for example `--max-old-space-size=96`. */
  workerArguments?: readonly string[]
  /** Public hosts by hostname. */
  upstreams: Readonly<Record<string, Upstream>>
  /** Services of VTEX on paths of these hosts, with names of their own in faults and counts. */
  hosted?: readonly HostedService[]
  /** Saved if there are no saved settings yet. */
  initialSettings?: Settings
  /** Where the app's settings are kept; in a file of `stateDirectory` when absent. */
  settings?: SettingsStore
  /** Whether the control API is served, which shows and sets everything; default yes. */
  control?: boolean
  /** Log file of the workers' stdout and stderr. */
  log: string
  /** Milliseconds added to each request to `upstreams`. */
  latency?: number
  /** Rate limits of the upstreams. */
  limits?: readonly LimitRule[]
  /**
   * Called with a message when a feature that is not simulated is first requested; it is also in `log`, and the control
   * API counts the requests.
   */
  onNotSimulated?: (message: string) => void
  /** Random seed of faults, courier and VBase; default 1. */
  seed?: number
}

/** A running platform with one app. */
export interface Platform {
  /** The public edge, `http://127.0.0.1:{port}`. */
  readonly url: string
  /** The app's credential (`Proxy-Authorization`, `VtexIdclientAutCookie`). */
  readonly credential: string
  /** The proxy of the app's requests, `http://127.0.0.1:{port}`. */
  readonly egress: string
  /** The control API under `/_sandbox` on the edge's port; routes can be added at any time. */
  readonly control: Router
  readonly settings: { read(): Promise<Settings>; save(next: Settings): Promise<void> }
  readonly faults: Faults
  /** Rate limits of the upstreams. */
  readonly limits: Limits
  /** The policies of the app's manifest, without the revoked ones. */
  readonly policies: Pick<Policies, 'revoked'>
  readonly vbase: VBaseHandle
  readonly courier: {
    readonly behaviour: CourierBehaviour
    readonly counts: Courier['counts']
    pending(): PendingDelivery[]
    /** Resolves when all events are acknowledged. */
    idle(): Promise<void>
  }
  readonly replicas: {
    readonly count: number
    pids(): number[]
    /** Kills a worker (0-based; default SIGKILL); it is started again. */
    kill(index: number, signal?: NodeJS.Signals): void
    killAll(signal?: NodeJS.Signals): void
    /** Resolves when all workers listen. */
    allUp(): Promise<void>
  }
  /** Counts of the app's requests by upstream. */
  readonly requests: RequestCounters
  readonly events: {
    /** Delivers an event of another app, for example `vtex.broadcaster`, to the subscribed handlers. */
    send(sender: string, topic: string, body: unknown, subject?: string): Promise<void>
  }
  /**
   * Sends an installation event (sender `apps`, topic `setup`) for the app itself or for another app's `id`. The first
   * start of a version sends it automatically.
   */
  install(id?: string, shape?: SetupShape): Promise<void>
  /** The app's schedules. */
  readonly scheduler: {
    readonly counts: Scheduler['counts']
    list(): Scheduled[]
    /** Runs an entry now, like at its scheduled time. */
    run: Scheduler['run']
  }
  /** Stops workers and servers; `stateDirectory` is kept. */
  stop(): Promise<void>
}
