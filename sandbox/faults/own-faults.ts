import type { SandboxFaults } from '../sandbox'

/** A fault scenario and its description. */
export interface Bundle {
  text: string
  faults: SandboxFaults
}

/** Faults that only courier, VBase, the SFTP server or Centra can have. */
export const OWN_FAULTS = {
  'courier-doubled': {
    text: 'half of the events are delivered twice',
    faults: { courier: { doubled: 0.5 } },
  },
  'courier-lost': { text: 'every fifth event is lost', faults: { courier: { lost: 0.2 } } },
  'courier-delayed': { text: 'events are delayed by 500 ms', faults: { courier: { delay: 500 } } },
  'courier-reordered': {
    text: 'half of the events are delayed by up to 1 s and so reordered',
    faults: { courier: { reordered: 0.5 } },
  },
  'vbase-stale': {
    text: 'reads and listings are up to 300 ms stale',
    faults: { vbase: { staleReads: 300, staleListings: 300 } },
  },
  'vbase-if-match': { text: 'If-Match is ignored', faults: { vbase: { ignoreIfMatch: true } } },
  'sftp-refused': {
    text: 'half of the connections are refused',
    faults: { sftp: { refuseShare: 0.5 } },
  },
  'sftp-cut': {
    text: '10 % of the writes cut the connection',
    faults: { sftp: { cutShare: 0.1 } },
  },
  'sftp-full': {
    text: '10 % of the writes fail with a full disk',
    faults: { sftp: { fullShare: 0.1 } },
  },
  'sftp-slow': { text: 'each request takes 100 ms', faults: { sftp: { delay: 100 } } },
  'centra-inclusive': {
    text: 'date filters include the second of the date itself',
    faults: { centra: { after: 'inclusive' } },
  },
  'centra-skewed': {
    text: 'its clock is 30 s behind',
    faults: { centra: { clockSkew: -30_000 } },
  },
  'centra-shuffled': {
    text: 'rows are unordered, and `next` links keep the other parameters',
    faults: { centra: { order: 'shuffled', nextFilters: 'kept' } },
  },
  'centra-xml': {
    text: 'it always returns XML',
    faults: { centra: { format: 'xml' } },
  },
  'centra-unlimited': {
    text: 'it ignores `limit`',
    faults: { centra: { limit: 'ignored' } },
  },
  'centra-new-york': {
    text: 'the company is in New York',
    faults: { centra: { timeZone: 'America/New_York' } },
  },
} as const satisfies Record<string, Bundle>
