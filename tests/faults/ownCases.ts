import type { SandboxFaults } from '../../sandbox/sandbox'
import type { During, FaultCase } from './faultCase'

const BOUND = 90_000

const own = (
  upstream: FaultCase['upstream'],
  what: string,
  faults: SandboxFaults,
  during: During = 'all'
): FaultCase => ({ name: `${upstream}: ${what}`, upstream, faults, during, bound: BOUND })

/** What courier, VBase and the SFTP server do of their own. */
export const OWN_CASES: readonly FaultCase[] = [
  own('courier', 'each event comes twice', { courier: { doubled: 1 } }),
  own('courier', 'the event of the request is lost', { courier: { lost: 1 } }, 'request'),
  own('courier', 'half of the events are lost', { courier: { lost: 0.5 } }),
  own('courier', 'events come late', { courier: { delay: 1_500 } }),
  own('courier', 'events overtake each other', {
    courier: { doubled: 1, reordered: 0.7, reorderWithin: 2_000 },
  }),
  own('courier', 'an event is delivered again before it is done', { courier: { timeout: 300 } }),
  own('vbase', 'If-Match is ignored', { vbase: { ignoreIfMatch: true } }),
  own('vbase', 'If-Match is ignored and events come twice', {
    vbase: { ignoreIfMatch: true },
    courier: { doubled: 1 },
  }),
  own('vbase', 'reads are stale', { vbase: { staleReads: 300 } }),
  own('vbase', 'listings are stale', { vbase: { staleListings: 300 } }),
  own('vbase', 'all is stale, If-Match is ignored, and events come twice', {
    vbase: { staleReads: 500, staleListings: 500, ignoreIfMatch: true },
    courier: { doubled: 1 },
  }),
  own('vbase', 'listings come in pages of two names', { vbase: { pageSize: 2 } }),
  own('vbase', 'a file that is not there can be deleted', { vbase: { missingDelete: 204 } }),
  own('sftp', 'two connections are refused', { sftp: { refusals: 2 } }),
  own('sftp', 'half of the connections are refused', { sftp: { refuseShare: 0.5 } }),
  own('sftp', 'two uploads are cut', { sftp: { cuts: 2 } }),
  own('sftp', 'two uploads are cut near their ends', { sftp: { cuts: 2, cutAfterBytes: 4_000 } }),
  own('sftp', 'a third of the writes is cut', { sftp: { cutShare: 0.3 } }),
  own('sftp', 'the disk is full for two writes', { sftp: { fullWrites: 2 } }),
  own('sftp', 'the disk is full for a third of the writes', { sftp: { fullShare: 0.3 } }),
  own('sftp', 'it is slow', { sftp: { delay: 250 } }),
]
