import { gunzipSync } from 'node:zlib'
import type { VBaseBehaviour } from './behaviour'
import type { VBaseStore } from './store'

/** VBase as tests and the control API look at it. Paths are whole paths; nothing here is stale. */
export interface VBaseHandle {
  /** Live switches for what VTEX leaves undocumented. */
  readonly behaviour: VBaseBehaviour
  /** The sorted paths in a bucket. */
  files(bucket: string, prefix?: string): Promise<string[]>
  /** The parsed JSON of a file, undefined when there is none. */
  readJson(bucket: string, path: string): Promise<unknown>
  /** Whether the file was there. */
  delete(bucket: string, path: string): Promise<boolean>
  /** Deletes all files of a bucket. */
  clear(bucket: string): Promise<void>
}

/** A handle to the store, beside the app's own way over HTTP. */
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
    delete: (bucket, path) => store.delete(bucket, path),
    clear: (bucket) => store.clear(bucket),
  }
}
