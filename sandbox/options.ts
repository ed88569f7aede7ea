import type { FaultRule, LimitRule, Platform } from './platform'
import type { CentraBehaviour } from './world/centra/behaviour'
import type { BroadcasterBehaviour } from './world/commerce/broadcaster/behaviour'
import type { IntershopDelivery } from './world/intershop/intershop'
import type { IcmBehaviour } from './world/intershop/rest/behaviour'
import type { SftpFaults } from './world/intershop/sftp/sftp-faults'

/** Faults that are active from the start. */
export interface SandboxFaults {
  /** In the app's requests to its upstreams. */
  calls?: readonly FaultRule[]
  courier?: Partial<Platform['courier']['behaviour']>
  vbase?: Partial<Platform['vbase']['behaviour']>
  sftp?: Partial<SftpFaults>
  /** Behaviour of ICM's REST API, and faults. */
  icm?: Partial<IcmBehaviour>
  /** In change notifications of VTEX's broadcaster. */
  broadcaster?: Partial<BroadcasterBehaviour>
  /** Milliseconds until the catalog API shows a change; default 0. */
  catalogLag?: number
  /** Behaviour that Centra's documentation leaves open, and faults. */
  centra?: Partial<CentraBehaviour>
}

/** How to start a sandbox. */
export interface SandboxOptions {
  /** Number of SKUs in the generated catalog. */
  skus: number
  /** Random seed; the same seed generates the same account. Default 1. */
  seed?: number
  /** Whether kits of the generated catalog have components; default true. */
  kits?: boolean
  /** Whether Centra is simulated, with the stock of one seller; default true. */
  centra?: boolean
  /** The folder of all state that survives a restart. */
  stateDirectory: string
  /** Milliseconds added to each request of the app to VTEX and Centra. */
  latency?: number
  /** Number of worker processes; default 1. */
  replicas?: number
  /** Keep a standby process for each worker that replaces it at once when it is killed. */
  standby?: boolean
  /** The public edge's port; default any free one. */
  port?: number
  faults?: SandboxFaults
  /** Rate limits of the upstreams. */
  limits?: readonly LimitRule[]
  /** Node options of each worker, for example `--max-old-space-size=96`. */
  workerArguments?: readonly string[]
  /** How offers reach Intershop; `icm-sftp` when absent. */
  delivery?: IntershopDelivery
  /** Milliseconds between two runs of Intershop's importer. */
  importDelay?: number
  /** Whether the app's schedules are enabled at the first start; default no. */
  schedules?: boolean
  /** App settings that override the sandbox's defaults and, after a restart, the saved ones. */
  settings?: Readonly<Record<string, unknown>>
}
