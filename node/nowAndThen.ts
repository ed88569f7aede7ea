/**
 * Says of each account and workspace whether something is due again in this process.
 * @param everyMs milliseconds between two times, at least
 */
export function nowAndThen(everyMs: number) {
  const last = new Map<string, number>()
  return ({ account, workspace }: { account: string; workspace: string }, now: number): boolean => {
    const key = `${account}/${workspace}`
    if (now - (last.get(key) ?? 0) < everyMs) return false
    last.set(key, now)
    return true
  }
}
