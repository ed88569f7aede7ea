import { z } from 'zod'
import { momentOf, timestampOf } from '../common/clock'
import type { Documents } from '../state/documents'

/** Each Centra change is selected by three readings: an update reads from the start of the third last one. */
const READINGS_PER_CHANGE = 3
const HOUR_MS = 3_600_000
/** Superseded ones are kept: a listing may show the latest late, and those of refreshes say when an offer was read. */
const KEPT_MS = { fullSync: HOUR_MS, watermark: HOUR_MS, sellersRefresh: 25 * HOUR_MS } as const

/**
 * What later exports start from:
 * - `fullSync`: a full export with these settings completed, so updates only export later changes
 * - `watermark`: Centra was read fully, or from the watermark before
 * - `changeLogStart`: changes have been recorded since then; earlier ones are unknown
 * - `sellersRefresh`: up to which SKU id updates refreshed other sellers' offers
 */
const KINDS = ['fullSync', 'watermark', 'changeLogStart', 'sellersRefresh'] as const

type CheckpointKind = (typeof KINDS)[number]

/** A document that is never rewritten. A lost one causes extra work, never a wrong quantity. */
export interface Checkpoint {
  kind: CheckpointKind
  /** When it became true, or when its reading started; UTC milliseconds. */
  at: number
  /** Hash of the settings that decide what an offer contains, and which Centra is read. */
  settingsHash: string
  exportId: string
  /** Of `sellersRefresh`: the first SKU id that was not read. */
  next?: number | undefined
}

/** All checkpoints, the oldest of each kind first. */
export type Checkpoints = readonly Checkpoint[]

const nameOf = ({ kind, at, settingsHash, exportId, next }: Checkpoint) =>
  [kind, timestampOf(at), settingsHash, exportId, ...(next === undefined ? [] : [next])].join('~')

function parseName(name: string): Checkpoint | undefined {
  const [first, timestamp = '', settingsHash, exportId, next] = name.split('~')
  const kind = KINDS.find((each) => each === first)
  const at = momentOf(timestamp)
  if (!kind || at === undefined || !settingsHash || !exportId) return undefined
  return { kind, at, settingsHash, exportId, ...(next && { next: Number(next) }) }
}

export const listCheckpoints = async (documents: Documents): Promise<Checkpoints> =>
  (await documents.list('checkpoints')).flatMap((name) => parseName(name) ?? [])

export const saveCheckpoint = (documents: Documents, checkpoint: Checkpoint, content = {}) =>
  documents.save('checkpoints', nameOf(checkpoint), { v: 1, ...content })

export async function removeCheckpoints(documents: Documents, checkpoints: Checkpoints) {
  for (const each of checkpoints) await documents.remove('checkpoints', nameOf(each))
}

export const ofKind = (checkpoints: Checkpoints, kind: CheckpointKind, settingsHash: string) =>
  checkpoints.filter((each) => each.kind === kind && each.settingsHash === settingsHash)

/** Since when changes are recorded, UTC milliseconds; undefined if they are not. */
export const changeLogStart = (checkpoints: Checkpoints): number | undefined =>
  checkpoints.find(({ kind }) => kind === 'changeLogStart')?.at

/** Checkpoints that an export with these settings makes useless: old ones, and those of other settings. */
export function superseded(checkpoints: Checkpoints, settingsHash: string): Checkpoints {
  const kept = new Set(checkpoints.filter(({ kind }) => kind === 'changeLogStart'))
  for (const kind of ['fullSync', 'watermark', 'sellersRefresh'] as const) {
    const all = ofKind(checkpoints, kind, settingsHash)
    const latest = all[all.length - 1]?.at ?? 0
    for (const each of all.slice(-READINGS_PER_CHANGE)) kept.add(each)
    for (const each of all) if (each.at >= latest - KEPT_MS[kind]) kept.add(each)
  }
  return checkpoints.filter((each) => !kept.has(each))
}

const watermarkSchema = z.object({
  /** Rows that could not be read and are retried. */
  again: z.array(z.object({ rowId: z.number(), attempts: z.number() })),
  /** How many rows the last full reading returned. */
  rows: z.number(),
})

/**
 * How far Centra was read with these settings, and `since` when changes are read next, UTC milliseconds; undefined if
 * that is unknown: then Centra is read fully.
 */
export async function readWatermark(
  documents: Documents,
  checkpoints: Checkpoints,
  settingsHash: string
) {
  const last = ofKind(checkpoints, 'watermark', settingsHash).slice(-READINGS_PER_CHANGE)
  const [first] = last
  const latest = last[last.length - 1]
  if (!first || !latest) return undefined
  const { data } = watermarkSchema.safeParse(await documents.read('checkpoints', nameOf(latest)))
  return data && { since: first.at, ...data }
}
