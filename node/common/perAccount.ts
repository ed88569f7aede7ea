/** VTEX runs many accounts and workspaces in one process; each has its own state. */
export interface AccountRef {
  account: string
  workspace: string
}

/** Keeps one value for each account and workspace in this process, created on first use. */
export function perAccount<T>(make: () => T): (owner: AccountRef) => T {
  const values = new Map<string, T>()
  return ({ account, workspace }) => {
    const key = `${account}/${workspace}`
    const value = values.get(key) ?? make()
    values.set(key, value)
    return value
  }
}

/** True at most once every `everyMs`, for each account and workspace. @param atFirst what the first call returns */
export function atMostEvery(everyMs: number, atFirst = true) {
  const last = perAccount(() => ({ at: atFirst ? Number.NEGATIVE_INFINITY : undefined }))
  return (owner: AccountRef, now: number): boolean => {
    const known: { at: number | undefined } = last(owner)
    known.at ??= now
    if (now - known.at < everyMs) return false
    known.at = now
    return true
  }
}
