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
  /** Every call: what is done, and the folder. */
  readonly calls: string[] = []
  /** What is saved here is lost at once. */
  losing: Folder | undefined
  /** By folder and name. */
  private readonly files = new Map<Folder, Map<string, Version[]>>()

  constructor(
    private readonly scheduler: Scheduler,
    readonly manners: VBaseManners
  ) {}

  /** VBase as one actor meets it. */
  as(actor: Actor): Documents {
    const step = <T>(name: string, run: () => T, call = name) => {
      this.calls.push(call)
      return this.scheduler.step(actor, name, run)
    }
    return {
      save: (folder, name, document) =>
        step(`save ${folder}`, () => {
          this.write(folder, name, folder === this.losing ? null : document)
        }),
      read: (folder, name) =>
        step('read', () => parse(this.glance(folder, name)), `read ${folder}`),
      list: (folder, prefix = '', most) =>
        step('list', () => this.names(folder, prefix, true).slice(0, most), `list ${folder}`),
      remove: (folder, name) => step(`remove ${folder}`, () => this.write(folder, name, undefined)),
      readTagged: (folder, name) =>
        step('read', () => {
          const text = this.glance(folder, name)
          return { document: parse(text), ...(text && { tag: text }) }
        }),
      saveOver: (folder, name, document, tag) =>
        step('lease', () => {
          const current = this.current(folder, name)
          if (this.manners.honoursIfMatch && tag !== undefined && current !== tag) return false
          this.write(folder, name, document)
          return true
        }),
    }
  }

  /** A document is gone for good, and still listed. */
  lose(folder: Folder, name: string) {
    this.versionsOf(folder, name).splice(0, Number.POSITIVE_INFINITY, { at: 0, text: 'null' })
  }

  /** The truth, at once. */
  document(folder: Folder, name: string): unknown {
    return parse(this.current(folder, name))
  }

  /** The true names, at once. */
  names(folder: Folder, prefix = '', glancing = false): string[] {
    const isThere = (name: string) =>
      (glancing ? this.glance(folder, name) : this.current(folder, name)) !== undefined
    return [...(this.files.get(folder)?.keys() ?? [])]
      .filter((name) => name.startsWith(prefix) && isThere(name))
      .sort()
  }

  private write(folder: Folder, name: string, document: unknown) {
    const fails = this.failing.writes > 0
    if (fails) this.failing.writes--
    if (!fails || this.failing.butHappen) {
      const text = document === undefined ? undefined : JSON.stringify(document)
      this.versionsOf(folder, name).push({ at: this.scheduler.now, text })
    }
    if (fails) throw new StateError('VBase: status 503')
  }

  private versionsOf(folder: Folder, name: string): Version[] {
    const files = this.files.get(folder) ?? new Map<string, Version[]>()
    const versions = files.get(name) ?? []
    this.files.set(folder, files.set(name, versions))
    return versions
  }

  private current(folder: Folder, name: string): string | undefined {
    return this.files.get(folder)?.get(name)?.at(-1)?.text
  }

  private glance(folder: Folder, name: string): string | undefined {
    if (folder === 'lease' && this.manners.random() < this.manners.leaseLost) return undefined
    const versions = this.files.get(folder)?.get(name) ?? []
    const horizon = this.scheduler.now - this.manners.random() * this.manners.staleMs
    for (let place = versions.length - 1; place >= 0; place--) {
      const version = versions[place]
      if (version && version.at <= horizon) return version.text
    }
    return undefined
  }
}

const parse = (text: string | undefined): unknown => (text === undefined ? null : JSON.parse(text))
