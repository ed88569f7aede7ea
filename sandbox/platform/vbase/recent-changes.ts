import type { VBaseDocument } from './document'

interface Change {
  at: number
  path: string
  /** The document that the change replaced, undefined where there was none. */
  before: VBaseDocument | undefined
}

/** The recent past of one bucket, for reads and listings that are behind by a moment. */
export class RecentChanges {
  private changes: Change[] = []

  /** `now` and `random` (in [0, 1)) are given so that tests decide. */
  constructor(
    private readonly now: () => number,
    private readonly random: () => number
  ) {}

  /** Remembers what a write or deletion replaces, for as long as a read may be behind (`ms`). */
  record(path: string, before: VBaseDocument | undefined, ms: number): void {
    const at = this.now()
    this.changes = this.changes.filter((change) => change.at > at - ms)
    this.changes.push({ at, path, before })
  }

  /**
   * How one read sees `path`: undefined for the present, else the state of some moment of the last `ms`.
   * Each path has a moment of its own, so a listing may lack a file and show a later one.
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
