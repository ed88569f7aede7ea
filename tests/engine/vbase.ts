import { type Documents, type Folder, StateError } from '../../node/state/documents'
import type { Actor, Scheduler } from './scheduler'

/** What VBase does not promise (facts: read-after-write and If-Match are undocumented). */
export interface VBaseManners {
  honoursIfMatch: boolean
  /** Reads and listings may be this many milliseconds behind. */
  staleMs: number
  /** Share of the reads of the lease that show none: then everybody believes to have it. */
  leaseLost: number
  random(): number
}

interface Version {
  at: number
  text: string | undefined
}

/** A model of VBase: documents with their past, so that a read may see it. */
export class ModelVBase {
  /** How many of the next writes fail, and whether they happen all the same. */
  failing = { writes: 0, butHappen: false }
  /** What is saved here is lost at once. */
  losing: Folder | undefined
  private readonly files = new Map<string, Version[]>()

  constructor(
    private readonly scheduler: Scheduler,
    readonly manners: VBaseManners
  ) {}

  /** VBase as one actor meets it. */
  as(actor: Actor): Documents {
    const step = <T>(name: string, run: () => T) => this.scheduler.step(actor, name, run)
    return {
      save: (folder, name, document) =>
        step(`save ${folder}`, () => {
          this.write(key(folder, name), folder === this.losing ? null : document)
        }),
      read: (folder, name) => step('read', () => parse(this.glance(key(folder, name)))),
      list: (folder, prefix = '') => step('list', () => this.names(folder, prefix, true)),
      remove: (folder, name) =>
        step(`remove ${folder}`, () => this.write(key(folder, name), undefined)),
      readTagged: (folder, name) =>
        step('read', () => {
          const text = this.glance(key(folder, name))
          return { document: parse(text), ...(text && { tag: text }) }
        }),
      saveOver: (folder, name, document, tag) =>
        step('lease', () => {
          const current = this.current(key(folder, name))
          if (this.manners.honoursIfMatch && tag !== undefined && current !== tag) return false
          this.write(key(folder, name), document)
          return true
        }),
    }
  }

  /** A document is gone for good, and still listed. */
  lose(folder: Folder, name: string) {
    this.files.set(key(folder, name), [{ at: 0, text: 'null' }])
  }

  /** The truth, at once. */
  document(folder: Folder, name: string): unknown {
    return parse(this.current(key(folder, name)))
  }

  /** The true names, at once. */
  names(folder: Folder, prefix = '', glancing = false): string[] {
    return [...this.files.keys()]
      .filter((path) => path.startsWith(key(folder, prefix)))
      .filter((path) => (glancing ? this.glance(path) : this.current(path)) !== undefined)
      .map((path) => path.slice(folder.length + 1))
      .sort()
  }

  private write(path: string, document: unknown) {
    const fails = this.failing.writes > 0
    if (fails) this.failing.writes--
    if (!fails || this.failing.butHappen) {
      const text = document === undefined ? undefined : JSON.stringify(document)
      this.files.set(path, [...(this.files.get(path) ?? []), { at: this.scheduler.now, text }])
    }
    if (fails) throw new StateError('VBase: status 503')
  }

  private current(path: string): string | undefined {
    return this.files.get(path)?.at(-1)?.text
  }

  private glance(path: string): string | undefined {
    if (path.startsWith('lease/') && this.manners.random() < this.manners.leaseLost)
      return undefined
    const versions = this.files.get(path) ?? []
    const horizon = this.scheduler.now - this.manners.random() * this.manners.staleMs
    return versions.filter(({ at }) => at <= horizon).at(-1)?.text
  }
}

const key = (folder: Folder, name: string) => `${folder}/${name}`

const parse = (text: string | undefined): unknown => (text === undefined ? null : JSON.parse(text))
