import { stampText } from '../exports/clock'
import { nowAndThen } from '../nowAndThen'
import type { Documents } from '../state/documents'
import { momentOf } from './names'

/**
 * Since when changes are recorded, UTC milliseconds; undefined where they are not. Of a longer time nobody
 * can say what changed.
 * @throws {StateError}
 */
export async function recordedSince(documents: Documents): Promise<number | undefined> {
  const [earliest] = await documents.list('recording')
  return earliest === undefined ? undefined : momentOf(earliest)
}

/** Notes that changes are recorded from now on, unless they were before. @throws {StateError} */
export async function noteRecording(documents: Documents, now: number): Promise<void> {
  if ((await recordedSince(documents)) !== undefined) return
  await documents.save('recording', stampText(now), { v: 1 })
}

const mayNote = nowAndThen(3_600_000)

/**
 * The same, at most once an hour in a process. Never fails: where it did not work, a window is a superset for
 * an hour longer.
 */
export async function noteRecordingSometimes(
  documents: Documents,
  vtex: { account: string; workspace: string },
  now: number
): Promise<void> {
  if (mayNote(vtex, now)) await noteRecording(documents, now).catch(() => undefined)
}
