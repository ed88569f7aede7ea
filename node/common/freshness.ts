/**
 * VTEX catalog: its index lags up to ten minutes. What is read of a SKU sooner after it was modified may be
 * what it was before, so it counts as modified for so long.
 */
export const INDEX_LAG_MS = 15 * 60_000
/** Of what is remembered for a slice, the share that is read again though nothing is known against it. */
const REFRESHED_SHARE = 1 / 7
const HOUR_MS = 3_600_000
/** Many exports a day do not make it more than about once a day. */
const FRESH_MS = 20 * HOUR_MS
/** A notification may be lost: nothing is trusted for longer than a week, give or take an export. */
export const MAX_AGE_MS = 8 * 24 * HOUR_MS

/** Whether something is young enough to be relied on or kept, if nothing is known against it. */
export const isFresh = (readAt: number, now: number): boolean => now - readAt < MAX_AGE_MS

/**
 * Whether what was read of VTEX's catalog still holds, as far as notifications tell.
 * @param modifiedAt when what was read was last reported modified; all three in UTC milliseconds
 */
export const isValid = (readAt: number, modifiedAt: number, now: number): boolean =>
  isFresh(readAt, now) && readAt >= modifiedAt + INDEX_LAG_MS

/**
 * Those that are read again all the same: a seventh of all, those read longest ago.
 * @param readAt UTC milliseconds; undefined where nothing is remembered
 */
export function refreshSample(
  ids: readonly number[],
  readAt: (id: number) => number | undefined,
  now: number
): Set<number> {
  const before = now - FRESH_MS
  const old = ids
    .map((id) => ({ id, at: readAt(id) ?? before }))
    .filter(({ at }) => at < before)
    .sort((a, b) => a.at - b.at)
  return new Set(old.slice(0, Math.ceil(ids.length * REFRESHED_SHARE)).map(({ id }) => id))
}
