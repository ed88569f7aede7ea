import { join } from 'node:path'
import { DEFAULT_VBASE_BEHAVIOUR, type VBaseBehaviour } from './behaviour'
import { Bucket, comparePaths } from './bucket'
import { type DocumentHead, diskName, type VBaseDocument } from './document'
import { RecentChanges } from './recent-changes'

/** A name in a listing. */
export type FileListItem = Pick<DocumentHead, 'path' | 'hash'>

/** Raised when `If-Match` names another version than the one that is there. */
export class PreconditionFailed extends Error {}

interface OpenBucket {
  bucket: Bucket
  past: RecentChanges
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

  /** The document as a read sees it, which `staleReads` may put into the past. */
  async read(name: string, path: string): Promise<VBaseDocument | undefined> {
    const { bucket, past } = await this.open(name)
    const staleState = past.staleState(path, this.behaviour.staleReads)
    return staleState === undefined ? bucket.read(path) : staleState.before
  }

  /** Throws PreconditionFailed unless `ifMatch`, if given and honoured, is the present hash. */
  write(name: string, document: VBaseDocument, ifMatch?: string): Promise<void> {
    return this.change(name, document.path, ifMatch, async (bucket) => bucket.write(document))
  }

  /** Answers whether the file was there. Throws as `write` does. */
  delete(name: string, path: string, ifMatch?: string): Promise<boolean> {
    return this.change(name, path, ifMatch, async (bucket) => {
      const present = bucket.head(path) !== undefined
      await bucket.delete(path)
      return present
    })
  }

  /** The document as it is now, whatever a read may see. */
  async readLatest(name: string, path: string): Promise<VBaseDocument | undefined> {
    return (await this.open(name)).bucket.read(path)
  }

  /** All paths that start with `prefix` now, sorted. */
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

  /** One page of the paths that start with `prefix`, from the one named `next`, in sorted order. */
  async list(
    name: string,
    { prefix = '', next = '', limit = this.behaviour.pageSize }
  ): Promise<{ data: FileListItem[]; next: string | undefined }> {
    const { bucket, past } = await this.open(name)
    const size = Math.max(1, Math.min(limit, this.behaviour.pageSize))
    const from = next > prefix ? next : prefix
    const seen = this.staleStates(past)
    const fromPast = [...seen.keys()].filter(
      (path) => path >= from && bucket.head(path) === undefined
    )
    const paths = bucket.paths()
    const names =
      fromPast.length === 0
        ? sortedTail(paths, bucket.position(from))
        : [...paths.slice(bucket.position(from)), ...fromPast].sort(comparePaths)
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

  private staleStates(past: RecentChanges): Map<string, DocumentHead | undefined> {
    const ms = this.behaviour.staleListings
    const seen = new Map<string, DocumentHead | undefined>()
    for (const path of ms > 0 ? past.changedPaths(ms) : []) {
      const staleState = past.staleState(path, ms)
      if (staleState !== undefined) {
        seen.set(path, staleState.before)
      }
    }
    return seen
  }

  /** Changes of one file happen one after another, each judged by what the one before left. */
  private async change<T>(
    name: string,
    path: string,
    ifMatch: string | undefined,
    act: (bucket: Bucket) => Promise<T>
  ): Promise<T> {
    const key = `${name}\0${path}`
    const turn = (this.writes.get(key) ?? Promise.resolve()).then(async () => {
      const { bucket, past } = await this.open(name)
      if (ifMatch !== undefined && !this.behaviour.ignoreIfMatch) {
        requireMatch(ifMatch, bucket.head(path)?.hash)
      }
      const staleness = Math.max(this.behaviour.staleReads, this.behaviour.staleListings)
      const before = staleness > 0 ? await bucket.read(path) : undefined
      const result = await act(bucket)
      if (staleness > 0) {
        past.record(path, before, staleness)
      }
      return result
    })
    const settled = turn.catch(() => undefined)
    this.writes.set(key, settled)
    try {
      return await turn
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
        past: new RecentChanges(this.now, this.random),
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
