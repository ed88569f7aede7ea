import type { SandboxFaults } from '../sandbox'
import { COMMERCE_HOST } from '../world/commerce/api/listener'

const vtex = { upstream: COMMERCE_HOST }

/** Troubles to choose from by name, each with what it does. */
export const FAULT_BUNDLES: Readonly<Record<string, { text: string; faults: SandboxFaults }>> = {
  storm: {
    text: 'all at once: 429, 503, broken and malformed answers, VBase and courier, cut uploads',
    faults: {
      calls: [
        { ...vtex, kind: 'status', status: 429, headers: { 'retry-after': '1' }, share: 0.02 },
        { ...vtex, kind: 'status', status: 503, share: 0.01 },
        { ...vtex, kind: 'reset', share: 0.005 },
        { ...vtex, kind: 'timeout', ms: 3_000, share: 0.001 },
        { ...vtex, kind: 'truncated', share: 0.005 },
        { ...vtex, kind: 'malformed', share: 0.005 },
        { ...vtex, kind: 'latency', ms: 5, jitter: 40 },
        { upstream: 'vbase', kind: 'latency', ms: 0, jitter: 40 },
        { upstream: 'vbase', kind: 'status', status: 503, share: 0.01 },
        { upstream: 'vbase', kind: 'reset', after: true, share: 0.005 },
        { upstream: 'courier', kind: 'status', status: 503, share: 0.02 },
      ],
      courier: { doubled: 0.3, reordered: 0.3, delay: 50 },
      vbase: { ignoreIfMatch: true, staleReads: 200, staleListings: 200 },
      sftp: { cuts: 1, cutAfterBytes: 20_000, delay: 5 },
    },
  },
  flaky: {
    text: 'VTEX breaks connections, answers 503, halves of bodies and junk now and then',
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
    text: 'VTEX takes 50 to 250 ms for each call, VBase up to 100 ms',
    faults: {
      calls: [
        { ...vtex, kind: 'latency', ms: 50, jitter: 200 },
        { upstream: 'vbase', kind: 'latency', ms: 0, jitter: 100 },
      ],
    },
  },
  io: {
    text: 'events come twice, late and out of order; VBase is stale and ignores If-Match',
    faults: {
      courier: { doubled: 0.3, reordered: 0.3, delay: 50 },
      vbase: { ignoreIfMatch: true, staleReads: 200, staleListings: 200 },
    },
  },
  sftp: {
    text: 'three uploads are cut half-way; the SFTP server takes 20 ms for each request',
    faults: { sftp: { cuts: 3, cutAfterBytes: 100_000, delay: 20 } },
  },
}
