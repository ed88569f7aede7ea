import type { SandboxFaults } from '../sandbox'

/** A trouble, and what it does. */
export interface Bundle {
  text: string
  faults: SandboxFaults
}

/** What courier, VBase, the SFTP server and Centra do of their own, whatever is asked of them. */
export const OWN_FAULTS = {
  'courier-doubled': {
    text: 'half of the events come twice',
    faults: { courier: { doubled: 0.5 } },
  },
  'courier-lost': { text: 'every fifth event never comes', faults: { courier: { lost: 0.2 } } },
  'courier-delayed': { text: 'events take half a second', faults: { courier: { delay: 500 } } },
  'courier-reordered': {
    text: 'half of the events wait up to a second, so that others overtake them',
    faults: { courier: { reordered: 0.5 } },
  },
  'vbase-stale': {
    text: 'reads and listings show some state of the last 300 ms',
    faults: { vbase: { staleReads: 300, staleListings: 300 } },
  },
  'vbase-if-match': { text: 'If-Match is ignored', faults: { vbase: { ignoreIfMatch: true } } },
  'sftp-refused': {
    text: 'half of the connections are refused',
    faults: { sftp: { refuseShare: 0.5 } },
  },
  'sftp-cut': {
    text: 'a tenth of the writes ends with the connection cut',
    faults: { sftp: { cutShare: 0.1 } },
  },
  'sftp-full': {
    text: 'a tenth of the writes finds the disk full',
    faults: { sftp: { fullShare: 0.1 } },
  },
  'sftp-slow': { text: 'each request takes 100 ms', faults: { sftp: { delay: 100 } } },
  'centra-inclusive': {
    text: 'what changed at the very second of a date is told too',
    faults: { centra: { after: 'inclusive' } },
  },
  'centra-skewed': {
    text: 'its clock is half a minute behind',
    faults: { centra: { clockSkew: -30_000 } },
  },
  'centra-shuffled': {
    text: 'its rows come in no order, and links keep the other parameters',
    faults: { centra: { order: 'shuffled', nextFilters: 'kept' } },
  },
  'centra-xml': {
    text: 'it answers XML, whatever is asked for',
    faults: { centra: { format: 'xml' } },
  },
  'centra-unlimited': {
    text: 'it ignores `limit`',
    faults: { centra: { limit: 'ignored' } },
  },
  'centra-new-york': {
    text: 'its company is in New York',
    faults: { centra: { timeZone: 'America/New_York' } },
  },
} as const satisfies Record<string, Bundle>
