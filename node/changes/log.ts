import { z } from 'zod'

import type { Documents } from '../state/documents'
import { readAhead } from '../state/readAhead'
import { type LogName, logPath, parseLogPath, stampPrefixes } from './names'

/** A reported change. */
export interface Change {
  skuId: number
  /** When it was reported, UTC milliseconds. */
  at: number
}

/** The log is kept for as long as a window may reach back, and a day more. */
export const LOG_DAYS = 31

const MOST_CHANGES = 10_000

const logSchema = z.object({
  v: z.literal(1),
  changes: z.array(z.tuple([z.number(), z.number()])),
})

/** Collects changes and saves them in documents that are worth a call. */
export class LogWriter {
  private changes: Change[] = []

  constructor(
    private readonly documents: Documents,
    private readonly kind: LogName['kind'],
    private readonly nonce: () => string
  ) {}

  /** @throws {StateError} */
  async add(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      this.changes.push(change)
      if (this.changes.length >= MOST_CHANGES) await this.flush()
    }
  }

  /** Saves what was added last. @throws {StateError} */
  async flush(): Promise<void> {
    if (this.changes.length === 0) return
    const moments = this.changes.map(({ at }) => at)
    const first = moments.reduce((a, b) => Math.min(a, b))
    const last = moments.reduce((a, b) => Math.max(a, b))
    const path = logPath({ first, last, nonce: this.nonce(), kind: this.kind })
    const changes = this.changes.map(({ skuId, at }) => [skuId, at])
    await this.documents.save('changes', path, { v: 1, changes })
    this.changes = []
  }
}

/**
 * The names of the log's documents with changes from a moment on.
 * @param now the log knows nothing later, but for clocks that are ahead
 * @throws {StateError}
 */
export async function listLog(documents: Documents, from: number, now: number): Promise<LogName[]> {
  const AHEAD_MS = 60_000
  const prefixes = stampPrefixes(from, now + AHEAD_MS)
  const names: LogName[] = []
  for await (const found of readAhead(prefixes, (prefix) => documents.list('changes', prefix))) {
    const logged = found.map(parseLogPath).filter((name) => name !== undefined)
    for (const name of logged) if (name.last >= from) names.push(name)
  }
  return names
}

/** The changes of a document of the log; none where it cannot be read. @throws {StateError} */
export async function readLog(documents: Documents, name: LogName): Promise<Change[]> {
  const { data } = logSchema.safeParse(await documents.read('changes', logPath(name)))
  return data?.changes.map(([skuId, at]) => ({ skuId, at })) ?? []
}
