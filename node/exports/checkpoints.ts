import { z } from 'zod'
import { momentOf } from '../changes/changeLog'
import { timestampText } from '../common/clock'
import type { RetriedRow } from '../sources/source'
import type { Documents } from '../state/documents'

/** So many readings select each change of Centra's: an update reads from when the first of the last ones began. */
const READINGS = 3
/** What is superseded is kept for so long: a listing may not show the latest at once. */
const KEPT_MS = 3_600_000

/**
 * What later exports go by:
 * - `fullSync`: everything was exported with these settings, so that an update only exports what changed since
 * - `watermark`: Centra was read whole, or since the watermark before
 * - `changeLogStart`: changes are recorded; of what was before nobody can say what changed
 */
const KINDS = ['fullSync', 'watermark', 'changeLogStart'] as const

type CheckpointKind = (typeof KINDS)[number]

/** A checkpoint is a document that is never rewritten. One that is lost costs work, and never a wrong quantity. */
export interface Checkpoint {
  kind: CheckpointKind
  /** When it became true, or the reading that it speaks of began; UTC milliseconds. */
  at: number
  /** Of the settings that decide what an offer says, and which Centra it is. */
  settingsHash: string
  exportId: string
}

/** All checkpoints, of each kind the oldest first. */
export type Checkpoints = readonly Checkpoint[]

const nameOf = ({ kind, at, settingsHash, exportId }: Checkpoint) =>
  `${kind}~${timestampText(at)}~${settingsHash}~${exportId}`

function parseName(name: string): Checkpoint | undefined {
  const [first, stamp = '', settingsHash, exportId] = name.split('~')
  const kind = KINDS.find((each) => each === first)
  const at = momentOf(stamp)
  if (!kind || at === undefined || !settingsHash || !exportId) return undefined
  return { kind, at, settingsHash, exportId }
}

/** @throws {StateError} */
export async function listCheckpoints(documents: Documents): Promise<Checkpoints> {
  const names = await documents.list('checkpoints')
  return names.map(parseName).filter((checkpoint) => checkpoint !== undefined)
}

/** @throws {StateError} */
export const saveCheckpoint = (documents: Documents, checkpoint: Checkpoint, content = {}) =>
  documents.save('checkpoints', nameOf(checkpoint), { v: 1, ...content })

/** @throws {StateError} */
export async function removeCheckpoints(documents: Documents, checkpoints: Checkpoints) {
  for (const each of checkpoints) await documents.remove('checkpoints', nameOf(each))
}

const ofKind = (checkpoints: Checkpoints, kind: CheckpointKind, settingsHash: string) =>
  checkpoints.filter((each) => each.kind === kind && each.settingsHash === settingsHash)

export const hasFullSync = (checkpoints: Checkpoints, settingsHash: string): boolean =>
  ofKind(checkpoints, 'fullSync', settingsHash).length > 0

/** Since when changes are recorded, UTC milliseconds; undefined where they are not. */
export const changeLogStart = (checkpoints: Checkpoints): number | undefined =>
  checkpoints.find(({ kind }) => kind === 'changeLogStart')?.at

/**
 * Those that nothing goes by any more, once an export with these settings begins: it may send other offers than with
 * other settings, so that what was exported with those has to be exported anew.
 */
export function superseded(checkpoints: Checkpoints, settingsHash: string): Checkpoints {
  const kept = new Set(checkpoints.filter(({ kind }) => kind === 'changeLogStart'))
  for (const kind of ['fullSync', 'watermark'] as const) {
    const all = ofKind(checkpoints, kind, settingsHash)
    const latest = all[all.length - 1]?.at ?? 0
    for (const each of all.slice(-READINGS)) kept.add(each)
    for (const each of all) if (each.at >= latest - KEPT_MS) kept.add(each)
  }
  return checkpoints.filter((each) => !kept.has(each))
}

const watermarkSchema = z.object({
  again: z.array(z.object({ rowId: z.number(), attempts: z.number() })),
  rows: z.number(),
})

/** How far Centra was read. */
export interface Watermark {
  /** From when on changes are to be read, UTC milliseconds. */
  since: number
  /** Rows that could not be read, and are to be asked for once more. */
  again: RetriedRow[]
  /** How many rows there were when all were read last. */
  rows: number
}

/**
 * The watermark to read from with these settings; undefined where there is none, or none that can be read: then all
 * has to be.
 * @throws {StateError}
 */
export async function readWatermark(
  documents: Documents,
  checkpoints: Checkpoints,
  settingsHash: string
): Promise<Watermark | undefined> {
  const last = ofKind(checkpoints, 'watermark', settingsHash).slice(-READINGS)
  const [first] = last
  const latest = last[last.length - 1]
  if (!first || !latest) return undefined
  const { data } = watermarkSchema.safeParse(await documents.read('checkpoints', nameOf(latest)))
  return data && { since: first.at, ...data }
}
