const MINUTE_MS = 60_000

/**
 * Allows something so many times a minute, for each account and workspace in this process. A minute begins with
 * the first time after the one before it.
 * @returns takes one: 0, or for how many milliseconds there is none left
 */
export function perMinute(most: number) {
  const minutes = new Map<string, { beganAt: number; taken: number }>()
  return ({ account, workspace }: { account: string; workspace: string }, now: number): number => {
    const key = `${account}/${workspace}`
    const known = minutes.get(key)
    const minute = known && now - known.beganAt < MINUTE_MS ? known : { beganAt: now, taken: 0 }
    minutes.set(key, minute)
    if (minute.taken >= most) return minute.beganAt + MINUTE_MS - now
    minute.taken++
    return 0
  }
}
