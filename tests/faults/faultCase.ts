import type { UpstreamName } from '../../sandbox/faults/upstreams'
import type { SandboxFaults } from '../../sandbox/sandbox'

export const SEED = 1

/** The sandbox in which faults are tried. */
export const BENCH = {
  skus: 40,
  centra: true,
  seed: SEED,
  standby: true,
  // In an hour of trials every SKU sells out, and a guard would hold that. All sellers are exported.
  settings: { maxNewlyZeroPercent: 100, sellers: '' },
  // A notification with nothing in it has its SKU read again a quarter of an hour later, in another trial.
  faults: { broadcaster: { partial: 0 } },
} as const

/** What a fault lasts for: from before the POST to the export's end, until its 200, or from then on. */
export type During = 'all' | 'request' | 'work'

/** A fault at one upstream, and what an export under it must come to. */
export interface FaultCase {
  /** `{upstream}: {what goes wrong}`; each once. */
  name: string
  upstream: UpstreamName | 'sftp'
  faults: SandboxFaults
  during: During
  /** How offers reach Intershop; `icm-sftp` when absent. */
  delivery?: 'icm-rest'
  /** Milliseconds within which the export ends: generous, for machines that are busy with other things. */
  bound: number
  /** What the report must name as failed; absent where anything may. */
  failing?: Failing
  /** The ledger is compacted under it, which follows an export: the fault lasts until no work is left. */
  isOfCompaction?: boolean
  /** SKUs that the catalog does not know any more. */
  gone?: readonly number[]
}

/** Of each source all that fails, and nothing else of it does; of one that is absent anything may. */
export interface Failing {
  /** SKUs. */
  own?: readonly number[]
  /** SKUs of other sellers. */
  sellers?: readonly number[]
  /** Rows of Centra's. */
  centra?: readonly number[]
}

/** The upstreams without which nothing can be accepted: a POST may be answered 503. */
export const NEEDED_TO_ACCEPT: ReadonlySet<FaultCase['upstream']> = new Set([
  'vbase',
  'courier',
  'apps',
])
