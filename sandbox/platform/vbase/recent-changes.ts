import type { VBaseDocument } from './document'

interface Change {
  at: number
  path: string
  /** The document before the change; undefined if there was none. */
  before: VBaseDocument | undefined
}

/** Recent changes of one bucket, for stale reads and listings. */
export class RecentChanges {
  private changes: Change[] = []

  /** `now` and `random` (in [0, 1)) are parameters for tests. */
  constructor(
    private readonly now: () => number,
    private readonly random: () => number
  ) {}

  /** Records the state before a write or deletion; kept for `ms`. */
  record(path: string, before: VBaseDocument | undefined, ms: number): void {
    const at = this.now()
    this.changes = this.changes.filter((change) => change.at > at - ms)
    this.changes.push({ at, path, before })
  }

  /**
   * The state of `path` for one read: undefined for the current one, else one of the last `ms`. Each path is drawn
   * separately, so a listing may lack a file and show a later one.
   */
  staleState(path: string, ms: number): Pick<Change, 'before'> | undefined {
    const since = this.now() - ms * this.random()
    return this.changes.find((change) => change.path === path && change.at > since)
  }

  /** The paths that changed within `ms`, each once. */
  changedPaths(ms: number): string[] {
    const since = this.now() - ms
    return [...new Set(this.changes.filter(({ at }) => at > since).map(({ path }) => path))]
  }
}
