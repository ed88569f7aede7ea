import type { Documents, Folder } from '../../node/state/documents'

/** VBase lists so many names in one call. */
const NAMES_A_CALL = 1_000

/** How a document is called for. `save` and `read` include those with a tag. */
export type CallKind = 'save' | 'read' | 'list' | 'remove'

/** VBase calls, and bytes of JSON. */
export class Tally {
  calls = 0
  bytesRead = 0
  bytesWritten = 0
  /** By kind and folder, as `read ledger`. */
  readonly byFolder = new Map<string, number>()

  add(kind: CallKind, folder: Folder, calls: number, bytes: number) {
    if (kind === 'save') this.bytesWritten += bytes
    else this.bytesRead += bytes
    this.count(`${kind} ${folder}`, calls)
  }

  addAll({ bytesRead, bytesWritten, byFolder }: Tally) {
    this.bytesRead += bytesRead
    this.bytesWritten += bytesWritten
    for (const [key, calls] of byFolder) this.count(key, calls)
  }

  private count(key: string, calls: number) {
    this.calls += calls
    this.byFolder.set(key, (this.byFolder.get(key) ?? 0) + calls)
  }

  callsOf(kind: CallKind, folder: Folder): number {
    return this.byFolder.get(`${kind} ${folder}`) ?? 0
  }
}

/** The documents of one folder, outside the heap: JSON in buffers. */
class FolderOfDocuments {
  private readonly files = new Map<string, Buffer>()
  private sorted: string[] | undefined

  get size() {
    return this.files.size
  }

  get(name: string): Buffer | undefined {
    return this.files.get(name)
  }

  set(name: string, content: Buffer) {
    if (!this.files.has(name)) this.sorted = undefined
    this.files.set(name, content)
  }

  delete(name: string) {
    if (this.files.delete(name)) this.sorted = undefined
  }

  names(prefix: string, most = Number.POSITIVE_INFINITY): string[] {
    this.sorted ??= [...this.files.keys()].sort()
    const found: string[] = []
    for (let place = firstFrom(this.sorted, prefix); found.length < most; place++) {
      const name = this.sorted[place]
      if (name === undefined || !name.startsWith(prefix)) break
      found.push(name)
    }
    return found
  }
}

function firstFrom(sorted: readonly string[], name: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') < name) low = middle + 1
    else high = middle
  }
  return low
}

/** VBase in memory, which counts the calls. It is never stale and loses nothing. */
export class CountedDocuments {
  tally = new Tally()
  private readonly folders = new Map<Folder, FolderOfDocuments>()

  /** @returns what was counted since this was called last */
  countAnew(): Tally {
    const { tally } = this
    this.tally = new Tally()
    return tally
  }

  /** How many documents there are by folder. */
  get sizes(): ReadonlyMap<string, number> {
    return new Map([...this.folders].map(([folder, { size }]) => [folder, size]))
  }

  /** A document, uncounted. */
  document(folder: Folder, name: string): unknown {
    return parsed(this.folder(folder).get(name))
  }

  /** Puts a document there, uncounted. */
  put(folder: Folder, name: string, document: unknown) {
    this.folder(folder).set(name, Buffer.from(JSON.stringify(document)))
  }

  /** Names, uncounted. */
  names(folder: Folder, prefix = ''): string[] {
    return this.folder(folder).names(prefix)
  }

  /**
   * The documents as one process meets them.
   * @param call resolves when the answer of a call is there; never for a process that was killed
   */
  as(call: () => Promise<void>): Documents {
    const read = async (folder: Folder, name: string) => {
      await call()
      const content = this.folder(folder).get(name)
      this.tally.add('read', folder, 1, content?.length ?? 0)
      return content
    }
    const save = async (folder: Folder, name: string, document: unknown) => {
      await call()
      const content = Buffer.from(JSON.stringify(document))
      this.tally.add('save', folder, 1, content.length)
      this.folder(folder).set(name, content)
    }
    return {
      save,
      read: async (folder, name) => parsed(await read(folder, name)),
      list: async (folder, prefix = '', most) => {
        await call()
        const names = this.folder(folder).names(prefix, most)
        const calls = Math.max(1, Math.ceil(names.length / NAMES_A_CALL))
        this.tally.add('list', folder, calls, JSON.stringify(names).length)
        return names
      },
      remove: async (folder, name) => {
        await call()
        this.tally.add('remove', folder, 1, 0)
        this.folder(folder).delete(name)
      },
      readTagged: async (folder, name) => ({ document: parsed(await read(folder, name)) }),
      saveOver: async (folder, name, document) => {
        await save(folder, name, document)
        return true
      },
    }
  }

  private folder(folder: Folder): FolderOfDocuments {
    const found = this.folders.get(folder) ?? new FolderOfDocuments()
    this.folders.set(folder, found)
    return found
  }
}

const parsed = (content: Buffer | undefined): unknown =>
  content === undefined ? null : JSON.parse(content.toString())
