import { CALL_FAULT_NAMES, CALL_FAULTS, type CallFaultName } from '../faults/call-faults'
import { CHAOS } from '../faults/chaos'
import { type Bundle, OWN_FAULTS } from '../faults/own-faults'
import { BUSY, UPSTREAM_NAMES, UPSTREAMS, type UpstreamName } from '../faults/upstreams'
import { COMMERCE_HOST } from '../world/commerce/api/listener'

const vtex = { upstream: COMMERCE_HOST }
const FEW = 0.02
const MANY = 0.3
/** A 429 slows down all other requests; a request without a response blocks its caller for many seconds. */
const COSTLY = 0.002

/** Scenarios with several faults at once. */
export const COMBINED_FAULTS: Readonly<Record<string, Bundle>> = {
  chaos: CHAOS,
  flaky: {
    text: 'VTEX sometimes resets connections or returns 503, truncated bodies or invalid data',
    faults: {
      calls: [
        { ...vtex, kind: 'status', status: 503, share: 0.01 },
        { ...vtex, kind: 'reset', share: 0.005 },
        { ...vtex, kind: 'truncated', share: 0.005 },
        { ...vtex, kind: 'malformed', share: 0.005 },
      ],
    },
  },
  slow: {
    text: 'VTEX takes 50 to 250 ms for each request, VBase up to 100 ms',
    faults: {
      calls: [
        { ...vtex, kind: 'latency', ms: 50, jitter: 200 },
        { upstream: 'vbase', kind: 'latency', ms: 0, jitter: 100 },
      ],
    },
  },
  io: {
    text: 'events are duplicated, delayed and reordered; VBase is stale and ignores If-Match',
    faults: {
      courier: { doubled: 0.3, reordered: 0.3, delay: 50 },
      vbase: { ignoreIfMatch: true, staleReads: 200, staleListings: 200 },
    },
  },
  notifications: {
    text: 'change notifications are duplicated, delayed, reordered or lost',
    faults: {
      broadcaster: { doubled: 0.2, delayed: 0.1, delay: 15_000, reordered: 0.3, lost: 0.02 },
    },
  },
  sftp: {
    text: 'three uploads lose their connection; the SFTP server takes 20 ms for each request',
    faults: { sftp: { cuts: 3, cutAfterBytes: 100_000, delay: 20 } },
  },
}

function shareOf(fault: CallFaultName, upstream: UpstreamName): number {
  if (fault === 'latency') return 1
  if (!BUSY.has(upstream)) return MANY
  return fault === 'timeout' || fault.startsWith('429') ? COSTLY : FEW
}

function single(fault: CallFaultName, upstream: UpstreamName): Bundle {
  const share = shareOf(fault, upstream)
  return {
    text: `${fault} for ${share * 100} % of the requests to ${upstream}`,
    faults: { calls: [{ ...UPSTREAMS[upstream], ...CALL_FAULTS[fault], share }] },
  }
}

/** All scenarios of `--faults` by name: combined ones, those of one service, and `{upstream}-{fault}`. */
export const FAULT_SCENARIOS: Readonly<Record<string, Bundle>> = {
  ...COMBINED_FAULTS,
  ...OWN_FAULTS,
  ...Object.fromEntries(
    UPSTREAM_NAMES.flatMap((upstream) =>
      CALL_FAULT_NAMES.map((fault) => [`${upstream}-${fault}`, single(fault, upstream)])
    )
  ),
}
