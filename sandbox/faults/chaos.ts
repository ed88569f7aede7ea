import { CENTRA_HOST } from '../world/centra/api/listener'
import { COMMERCE_HOST } from '../world/commerce/api/listener'
import { CALL_FAULTS, type CallFaultName } from './call-faults'
import type { Bundle } from './own-faults'

const some = (upstream: string, shares: Partial<Record<CallFaultName, number>>) =>
  Object.entries(shares).map(([name, share]) => ({
    ...CALL_FAULTS[name as CallFaultName],
    upstream,
    share,
  }))

/**
 * All faults at once, each rare enough that exports still complete. A 429 stops all requests to VTEX for a
 * second and slows them down for longer, so there are few.
 */
export const CHAOS: Bundle = {
  text: 'all faults of VTEX, Centra, VBase, courier and SFTP at once, each of them rare',
  faults: {
    calls: [
      ...some(COMMERCE_HOST, {
        '429-retry-after': 0.001,
        '429-ratelimit-reset': 0.0005,
        '429-date': 0.0002,
        '429': 0.0003,
        '500': 0.002,
        '502': 0.001,
        '503': 0.002,
        '504': 0.001,
        reset: 0.002,
        timeout: 0.0001,
        truncated: 0.001,
        malformed: 0.001,
        empty: 0.001,
        mistyped: 0.0005,
        'mistyped-shape': 0.0005,
        slow: 0.001,
      }),
      {
        ...CALL_FAULTS['mistyped-null'],
        upstream: COMMERCE_HOST,
        // For references, null means that no SKU has them: a valid response.
        path: '^(?!.*stockkeepingunitidsbyrefids)',
        share: 0.0005,
      },
      { upstream: COMMERCE_HOST, kind: 'latency', ms: 5, jitter: 30 },
      // An export sends it few requests, so the shares are larger.
      ...some(CENTRA_HOST, {
        '429-retry-after': 0.02,
        '500': 0.02,
        '503': 0.02,
        reset: 0.02,
        truncated: 0.02,
        malformed: 0.02,
        empty: 0.01,
        mistyped: 0.01,
        'mistyped-null': 0.01,
        'mistyped-shape': 0.01,
        slow: 0.01,
      }),
      ...some('vbase', {
        '429': 0.002,
        '500': 0.004,
        '503': 0.004,
        reset: 0.004,
        'answer-lost': 0.004,
        truncated: 0.002,
        malformed: 0.002,
        empty: 0.001,
        timeout: 0.0002,
      }),
      { upstream: 'vbase', kind: 'latency', ms: 0, jitter: 20 },
      ...some('courier', { '503': 0.01, reset: 0.01, 'answer-lost': 0.01 }),
      ...some('apps', { '500': 0.02, reset: 0.02 }),
    ],
    courier: { doubled: 0.05, lost: 0.01, reordered: 0.1, delay: 20 },
    vbase: { ignoreIfMatch: true, staleReads: 100, staleListings: 100 },
    sftp: { refuseShare: 0.03, cutShare: 0.002, fullShare: 0.002, delay: 5 },
  },
}
