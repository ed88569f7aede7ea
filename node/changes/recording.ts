import { stampText } from '../exports/clock'
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
