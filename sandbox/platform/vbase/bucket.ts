import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode, TEMPORARY, writeAtomically } from '../files'
import {
  type DocumentHead,
  decodeDocument,
  decodeHead,
  diskName,
  encodeDocument,
  type VBaseDocument,
} from './document'

const HEAD_BYTES = 4_096
const SUFFIX = '.doc'

/**
 * The files of one bucket: bodies on disk; names and hashes also in memory, sorted, so that large buckets list quickly.
 * A write is visible when its file is renamed.
 */
export class Bucket {
  private readonly heads = new Map<string, DocumentHead>()
  private names: string[] = []

  private constructor(private readonly directory: string) {}

  /** Opens the bucket in `directory`, which is created if missing. */
  static async open(directory: string): Promise<Bucket> {
    await mkdir(directory, { recursive: true })
    const bucket = new Bucket(directory)
    for (const name of readdirSync(directory)) {
      if (name.endsWith(SUFFIX)) {
        const head = decodeHead(readStart(join(directory, name)))
        bucket.heads.set(head.path, head)
      } else if (name.endsWith(TEMPORARY)) {
        await rm(join(directory, name), { force: true })
      }
    }
    bucket.names = [...bucket.heads.keys()].sort(comparePaths)
    return bucket
  }

  head(path: string): DocumentHead | undefined {
    return this.heads.get(path)
  }

  /** All paths, in the order of their UTF-16 code units. */
  paths(): readonly string[] {
    return this.names
  }

  async read(path: string): Promise<VBaseDocument | undefined> {
    if (!this.heads.has(path)) {
      return undefined
    }
    try {
      // Synchronous: for many small files, node's thread pool costs ten times as much as the disk.
      return decodeDocument(readFileSync(this.fileOf(path)))
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        return undefined
      }
      throw error
    }
  }

  async write(document: VBaseDocument): Promise<void> {
    await writeAtomically(this.fileOf(document.path), encodeDocument(document))
    const { body: _body, ...head } = document
    if (!this.heads.has(head.path)) {
      this.names.splice(this.position(head.path), 0, head.path)
    }
    this.heads.set(head.path, head)
  }

  async delete(path: string): Promise<void> {
    await rm(this.fileOf(path), { force: true })
    if (this.heads.delete(path)) {
      this.names.splice(this.position(path), 1)
    }
  }

  /** The index of the first path that is not before `path`. */
  position(path: string): number {
    let low = 0
    let high = this.names.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (comparePaths(this.names[middle] ?? '', path) < 0) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private fileOf(path: string): string {
    return join(this.directory, `${diskName(path)}${SUFFIX}`)
  }
}

/** Orders paths by UTF-16 code units. */
export function comparePaths(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Reads the start of a file until its head is complete. */
function readStart(file: string): Buffer {
  const descriptor = openSync(file, 'r')
  try {
    for (let size = HEAD_BYTES; ; size *= 4) {
      const content = Buffer.alloc(size)
      const length = readSync(descriptor, content, 0, size, 0)
      if (content.includes('\n') || length < size) {
        return content.subarray(0, length)
      }
    }
  } finally {
    closeSync(descriptor)
  }
}
