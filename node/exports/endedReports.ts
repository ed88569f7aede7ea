import pLimit from 'p-limit'
import { z } from 'zod'
import { daysBetween } from '../common/clock'
import { type Documents, StateError } from '../state/documents'
import { endedPath } from './names'
import type { Report } from './report'

/** Reports of ended exports are kept so long. */
export const KEPT_DAYS = 30
const DAY_MS = 86_400_000

const savedSchema = z.looseObject({ v: z.literal(1), exportId: z.string() })

/** A saved report, as it was saved: the app wrote it and answers it, and decides nothing by it. */
const asReport = (document: unknown): Report | undefined => {
  const { data } = savedSchema.safeParse(document)
  if (!data) return undefined
  const { v: _version, ...report } = data
  return report as unknown as Report
}

/**
 * The report of an ended export; undefined where there is none.
 * @throws {StateError} also where VBase tells nonsense of it
 */
export async function endedReportOf(documents: Documents, exportId: string) {
  const document = await documents.read('ended', endedPath(exportId))
  const report = asReport(document)
  if (document === null || report) return report
  throw new StateError(`the report of ${exportId} cannot be read`)
}

/** The reports of the exports that were accepted last, of those that ended; latest first. @throws {StateError} */
export async function latestEnded(documents: Documents, now: number, most: number) {
  const names: string[] = []
  for (const day of daysBetween(now - KEPT_DAYS * DAY_MS, now).reverse()) {
    if (names.length >= most) break
    const ofDay = await documents.list('ended', `${day}/`)
    for (const name of ofDay.reverse()) names.push(name)
  }
  const limit = pLimit(8)
  const reports = await Promise.all(
    names
      .slice(0, most)
      .map((name) => limit(async () => asReport(await documents.read('ended', name))))
  )
  return reports.filter((report) => report !== undefined)
}
