/** VTEX catalog: the index lags up to ten minutes, so a modified SKU counts as modified for this long. */
export const INDEX_LAG_MS = 15 * 60_000
/** Share of a batch's cached values that is read again although it is valid. */
const REFRESHED_SHARE = 1 / 7
const HOUR_MS = 3_600_000
/** Each value is refreshed about once a day at most, however many exports run. */
const FRESH_MS = 20 * HOUR_MS
/** A notification may be lost, so no cached value is used for longer than about a week. */
export const MAX_AGE_MS = 8 * 24 * HOUR_MS

/** True if a cached value is young enough to be used or kept. */
export const isFresh = (readAt: number, now: number): boolean => now - readAt < MAX_AGE_MS

/** True if a value of VTEX's catalog is still correct. @param modifiedAt when it was last reported modified */
export const isValid = (readAt: number, modifiedAt: number, now: number): boolean =>
  isFresh(readAt, now) && readAt >= modifiedAt + INDEX_LAG_MS

/** The ids to read again although they are valid: the oldest seventh. @param readAt undefined if it is not cached */
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
