import { join } from 'node:path'
import { DEFAULT_VBASE_BEHAVIOUR, type VBaseBehaviour } from './behaviour'
import { Bucket, comparePaths } from './bucket'
import { type DocumentHead, diskName, type VBaseDocument } from './document'
import { RecentChanges } from './recent-changes'

/** A name in a listing. */
export type FileListItem = Pick<DocumentHead, 'path' | 'hash'>

/** Thrown if `If-Match` does not match the current version. */
export class PreconditionFailed extends Error {}

interface OpenBucket {
  bucket: Bucket
  recent: RecentChanges
}

/** The buckets of one app in one workspace. */
export class VBaseStore {
  readonly behaviour: VBaseBehaviour = { ...DEFAULT_VBASE_BEHAVIOUR }
  private readonly buckets = new Map<string, Promise<OpenBucket>>()
  private readonly writes = new Map<string, Promise<unknown>>()

  constructor(
    private readonly directory: string,
    private readonly random: () => number,
    private readonly now: () => number = Date.now
  ) {}

  /** Reads a document; it may be stale, see `staleReads`. */
  async read(name: string, path: string): Promise<VBaseDocument | undefined> {
    const { bucket, recent } = await this.open(name)
    const staleState = recent.staleState(path, this.behaviour.staleReads)
    return staleState === undefined ? bucket.read(path) : staleState.before
  }

  /** Throws PreconditionFailed if `ifMatch` is given, not ignored, and not the current hash. */
  write(name: string, document: VBaseDocument, ifMatch?: string): Promise<void> {
    return this.change(name, document.path, ifMatch, async (bucket) => bucket.write(document))
  }

  /** Returns whether the file existed. Throws like `write`. */
  delete(name: string, path: string, ifMatch?: string): Promise<boolean> {
    return this.change(name, path, ifMatch, async (bucket) => {
      const present = bucket.head(path) !== undefined
      await bucket.delete(path)
      return present
    })
  }

  /** Reads the current document, never a stale one. */
  async readLatest(name: string, path: string): Promise<VBaseDocument | undefined> {
    return (await this.open(name)).bucket.read(path)
  }

  /** All current paths with `prefix`, sorted. */
  async paths(name: string, prefix = ''): Promise<string[]> {
    const { bucket } = await this.open(name)
    return bucket.paths().filter((path) => path.startsWith(prefix))
  }

  /** Deletes all files of a bucket. */
  async clear(name: string): Promise<void> {
    for (const path of await this.paths(name)) {
      await this.delete(name, path)
    }
  }

  /** One page of the sorted paths with `prefix`, starting at `next`. */
  async list(
    name: string,
    { prefix = '', next = '', limit = this.behaviour.pageSize }
  ): Promise<{ data: FileListItem[]; next: string | undefined }> {
    const { bucket, recent } = await this.open(name)
    const size = Math.max(1, Math.min(limit, this.behaviour.pageSize))
    const from = next > prefix ? next : prefix
    const seen = this.staleStates(recent)
    const deletedRecently = [...seen.keys()].filter(
      (path) => path >= from && bucket.head(path) === undefined
    )
    const paths = bucket.paths()
    const names =
      deletedRecently.length === 0
        ? sortedTail(paths, bucket.position(from))
        : [...paths.slice(bucket.position(from)), ...deletedRecently].sort(comparePaths)
    const data: FileListItem[] = []
    for (const path of names) {
      if (!path.startsWith(prefix)) {
        break
      }
      const head = seen.has(path) ? seen.get(path) : bucket.head(path)
      if (head !== undefined && data.length === size) {
        return { data, next: path }
      }
      if (head !== undefined) {
        data.push({ path, hash: head.hash })
      }
    }
    return { data, next: undefined }
  }

  private staleStates(recent: RecentChanges): Map<string, DocumentHead | undefined> {
    const ms = this.behaviour.staleListings
    const seen = new Map<string, DocumentHead | undefined>()
    for (const path of ms > 0 ? recent.changedPaths(ms) : []) {
      const staleState = recent.staleState(path, ms)
      if (staleState !== undefined) {
        seen.set(path, staleState.before)
      }
    }
    return seen
  }

  /** Serializes the changes of a file. */
  private async change<T>(
    name: string,
    path: string,
    ifMatch: string | undefined,
    act: (bucket: Bucket) => Promise<T>
  ): Promise<T> {
    const key = `${name}\0${path}`
    const change = (this.writes.get(key) ?? Promise.resolve()).then(async () => {
      const { bucket, recent } = await this.open(name)
      if (ifMatch !== undefined && !this.behaviour.ignoreIfMatch) {
        requireMatch(ifMatch, bucket.head(path)?.hash)
      }
      const staleness = Math.max(this.behaviour.staleReads, this.behaviour.staleListings)
      const before = staleness > 0 ? await bucket.read(path) : undefined
      const result = await act(bucket)
      if (staleness > 0) {
        recent.record(path, before, staleness)
      }
      return result
    })
    const settled = change.catch(() => undefined)
    this.writes.set(key, settled)
    try {
      return await change
    } finally {
      if (this.writes.get(key) === settled) {
        this.writes.delete(key)
      }
    }
  }

  private open(name: string): Promise<OpenBucket> {
    const opened =
      this.buckets.get(name) ??
      Bucket.open(join(this.directory, diskName(name))).then((bucket) => ({
        bucket,
        recent: new RecentChanges(this.now, this.random),
      }))
    this.buckets.set(name, opened)
    return opened
  }
}

function requireMatch(ifMatch: string, hash: string | undefined): void {
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^(W\/)?"?|"$/g, ''))
  if (hash === undefined || !(tags.includes(hash) || tags.includes('*'))) {
    throw new PreconditionFailed(`expected ${ifMatch}`)
  }
}

function* sortedTail(paths: readonly string[], start: number): Iterable<string> {
  for (let index = start; index < paths.length; index++) {
    yield paths[index] ?? ''
  }
}
