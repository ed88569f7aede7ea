import { pendingPath } from '../changes/names'
import { isDue, listPending, readPending } from '../changes/pending'
import { recordedSince } from '../changes/recording'
import { modifiedSince, skusChangedSince } from '../changes/window'
import type { Source } from '../sources/source'
import type { Documents } from '../state/documents'
import { readAhead } from '../state/readAhead'
import { hasBaseline, isBaselineUnderWay } from './baseline'
import type { Line } from './line'
import type { ExportRequest } from './scope'

const MINUTE_MS = 60_000

/** Which SKUs an export reads. */
export interface Selection {
  /** Unsorted, in batches; an id may come twice. Read once. */
  ids: AsyncIterable<readonly number[]>
  /** All that there are, and not only those that changed. */
  everything: boolean
  /** Names of the pending changes that are among them; complete when `ids` was read. */
  consumes: string[]
  /** What a reader of the report should know. */
  notes: string[]
}

interface Selecting {
  documents: Documents
  line: Line
  source: Source
  fingerprint: string
  /** UTC milliseconds. */
  now: number
}

/** Decides which SKUs an export reads. @throws {StateError} */
export async function select(request: ExportRequest, around: Selecting): Promise<Selection> {
  if (request.route === 'update') return selectPending(request, around)
  if (request.scope.minutes !== undefined) return selectWindow(request, around)
  return all(around)
}

const all = ({ source }: Selecting, notes: string[] = []): Selection => ({
  ids: source.skuIds(),
  everything: true,
  consumes: [],
  notes,
})

async function selectPending(
  { exportId, dry }: ExportRequest,
  { documents, line, source, fingerprint, now }: Selecting
): Promise<Selection> {
  const isFirst =
    !dry && !isBaselineUnderWay(line, exportId) && !(await hasBaseline(documents, fingerprint))
  const consumes: string[] = []
  async function* ids() {
    const due = (await listPending(documents)).filter((name) => isDue(name, now))
    for await (const found of readAhead(due, (name) => readPending(documents, name))) {
      if (!found) continue
      consumes.push(pendingPath(found.name))
      if ('group' in found) {
        yield found.group.stock
        yield found.group.modified
      } else yield found.carried.map(({ skuId }) => skuId)
    }
    if (isFirst) yield* source.skuIds()
  }
  const first = 'first update, or the first with these settings: every SKU is read'
  return { ids: ids(), everything: isFirst, consumes, notes: isFirst ? [first] : [] }
}

async function selectWindow(
  { acceptedAt, scope: { minutes = 0 } }: ExportRequest,
  around: Selecting
): Promise<Selection> {
  const { documents, now } = around
  const from = acceptedAt - minutes * MINUTE_MS
  const since = await recordedSince(documents)
  if (since === undefined || since > from) {
    return all(around, ['superset: changes are not recorded for as long, so every SKU is read'])
  }
  const ids = skusChangedSince(documents, from, now)
  return { ids, everything: false, consumes: [], notes: [] }
}

/** More than these are not told apart: then every SKU counts as modified. */
const MOST_MODIFIED = 200_000

/**
 * When SKUs were last modified, as far as it was from a moment on; 0 for the others.
 * @throws {StateError}
 */
export async function modifications(
  documents: Documents,
  from: number,
  now: number
): Promise<(skuId: number) => number> {
  const known = await modifiedSince(documents, from, now, MOST_MODIFIED)
  return (skuId) => (known ? (known.get(skuId) ?? 0) : now)
}
