import type { FaultRule, LimitRule, Platform } from './platform'
import type { CentraBehaviour } from './world/centra/behaviour'
import type { BroadcasterBehaviour } from './world/commerce/broadcaster/behaviour'
import type { IntershopDelivery } from './world/intershop/intershop'
import type { SftpFaults } from './world/intershop/sftp/sftp-faults'

/** What goes wrong from the start. */
export interface SandboxFaults {
  /** In the app's calls to its upstreams. */
  calls?: readonly FaultRule[]
  courier?: Partial<Platform['courier']['behaviour']>
  vbase?: Partial<Platform['vbase']['behaviour']>
  sftp?: Partial<SftpFaults>
  /** In what VTEX's broadcaster tells of changes. */
  broadcaster?: Partial<BroadcasterBehaviour>
  /** Milliseconds until the catalog API shows a change; 0 when absent. */
  catalogLag?: number
  /** In what Centra's documentation leaves open, and more. */
  centra?: Partial<CentraBehaviour>
}

/** How large and how troubled the world is. */
export interface SandboxOptions {
  /** SKUs of the seeded catalog. */
  skus: number
  /** The same seed gives the same account; 1 when absent. */
  seed?: number
  /** Whether kits of the seeded catalog have components; true when absent. */
  kits?: boolean
  /** Whether a seller's stock is kept in Centra; true when absent. */
  centra?: boolean
  /** Where everything is kept that survives a restart. */
  stateDirectory: string
  /** Milliseconds added to each call of the app to VTEX's APIs. */
  latency?: number
  /** Worker processes; 1 when absent. */
  replicas?: number
  /** A second process ready for each worker, to take its place at once when it is killed. */
  standby?: boolean
  /** The public edge's port; any free one when absent. */
  port?: number
  faults?: SandboxFaults
  /** Calls that upstreams take a second. */
  limits?: readonly LimitRule[]
  /** Options of each worker's node, such as `--max-old-space-size=96`. */
  workerArguments?: readonly string[]
  /** How offers reach Intershop; `icm-sftp` when absent. */
  delivery?: IntershopDelivery
  /** Milliseconds between two looks of Intershop's importer into the drop. */
  importDelay?: number
  /** Whether the app's schedules are on from the first start; else nothing calls it by itself. */
  schedules?: boolean
  /** App settings that differ from the sandbox's own or, after a restart, from the saved ones. */
  settings?: Readonly<Record<string, unknown>>
}
