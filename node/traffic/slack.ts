/**
 * Who came late may hurry, but makes up for no more than this, in milliseconds: timers of a busy process are late,
 * and upstreams take a tenth of a second's calls at once.
 */
export const SLACK_MS = 100
