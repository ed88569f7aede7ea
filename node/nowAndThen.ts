/**
 * Says of each account and workspace whether something is due again in this process.
 * @param everyMs milliseconds between two times, at least
 * @param atFirst whether it is when it is asked for the first time
 */
export function nowAndThen(everyMs: number, atFirst = true) {
  const last = new Map<string, number>()
  return ({ account, workspace }: { account: string; workspace: string }, now: number): boolean => {
    const key = `${account}/${workspace}`
    const before = last.get(key)
    if (before !== undefined && now - before < everyMs) return false
    last.set(key, now)
    return before !== undefined || atFirst
  }
}
