/** Whose state a process keeps: VTEX runs many accounts in one. */
export interface AccountRef {
  account: string
  workspace: string
}

/** One value for each account and workspace of this process, made when it is first asked for. */
export function perAccount<T>(make: () => T): (owner: AccountRef) => T {
  const values = new Map<string, T>()
  return ({ account, workspace }) => {
    const key = `${account}/${workspace}`
    const value = values.get(key) ?? make()
    values.set(key, value)
    return value
  }
}

/**
 * Says of each account and workspace whether something is due again in this process.
 * @param everyMs at least so many milliseconds between two times
 * @param atFirst whether it is due when it is first asked for
 */
export function atMostEvery(everyMs: number, atFirst = true) {
  const last = perAccount((): { at?: number } => ({}))
  return (owner: AccountRef, now: number): boolean => {
    const known = last(owner)
    if (known.at !== undefined && now - known.at < everyMs) return false
    const isFirst = known.at === undefined
    known.at = now
    return !isFirst || atFirst
  }
}

const MINUTE_MS = 60_000

/**
 * Allows something so many times a minute (a fixed window), for each account and workspace in this process.
 * @returns takes one: 0, or for how many milliseconds there is none left
 */
export function atMostPerMinute(most: number) {
  const minutes = perAccount(() => ({ beganAt: Number.NEGATIVE_INFINITY, taken: 0 }))
  return (owner: AccountRef, now: number): number => {
    const minute = minutes(owner)
    if (now - minute.beganAt >= MINUTE_MS) Object.assign(minute, { beganAt: now, taken: 0 })
    if (minute.taken >= most) return minute.beganAt + MINUTE_MS - now
    minute.taken++
    return 0
  }
}
