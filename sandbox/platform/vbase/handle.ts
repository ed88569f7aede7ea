import { gunzipSync } from 'node:zlib'
import type { VBaseBehaviour } from './behaviour'
import { createDocument } from './document'
import type { VBaseStore } from './store'

/** Access to VBase for tests and the control API; reads are never stale. */
export interface VBaseHandle {
  /** Undocumented behaviour and faults; can be changed at any time. */
  readonly behaviour: VBaseBehaviour
  /** Sorted paths in a bucket. */
  files(bucket: string, prefix?: string): Promise<string[]>
  /** The parsed JSON of a file; undefined if it is missing. */
  readJson(bucket: string, path: string): Promise<unknown>
  /** Writes a file as the client's `saveJSON` does. */
  saveJson(bucket: string, path: string, value: unknown): Promise<void>
  /** Returns whether the file existed. */
  delete(bucket: string, path: string): Promise<boolean>
  /** Deletes all files of a bucket. */
  clear(bucket: string): Promise<void>
}

/** Creates direct access to the store, without HTTP. */
export function createVBaseHandle(store: VBaseStore): VBaseHandle {
  return {
    behaviour: store.behaviour,
    files: (bucket, prefix) => store.paths(bucket, prefix),
    async readJson(bucket, path) {
      const document = await store.readLatest(bucket, path)
      if (document === undefined) {
        return undefined
      }
      const { body, contentEncoding } = document
      return JSON.parse((contentEncoding === 'gzip' ? gunzipSync(body) : body).toString('utf8'))
    },
    saveJson(bucket, path, value) {
      const body = Buffer.from(JSON.stringify(value))
      return store.write(bucket, createDocument({ path, contentType: 'application/json' }, body))
    },
    delete: (bucket, path) => store.delete(bucket, path),
    clear: (bucket) => store.clear(bucket),
  }
}
