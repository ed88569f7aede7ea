import { pick, pluck, sum } from 'ramda'
import { z } from 'zod'
import { iso } from '../common/clock'
import type { ErrorSummary } from '../common/errors'
import { CHANGING_SOURCES, isChanging } from '../sources/source'
import type { Documents } from '../state/documents'
import type { Dependencies } from './engine'
import { openExport } from './exportAnswers'
import { type OpenExport, openStatus } from './exportState'
import { retryAt } from './nextStep'
import type { QueueSnapshot } from './queue'
import { counted } from './receipts'

/** An export that has not ended, when a worker last looked. */
const openSchema = openExport.omit({ acceptedAt: true, percent: true, secondsLeft: true })

export type OpenSummary = z.infer<typeof openSchema>

const documentSchema = z.object({ v: z.literal(2), at: z.number(), open: z.array(openSchema) })

const NAME = 'open'

/** What a worker last saw of the open exports; some may have ended since. */
export const readOpen = async (documents: Documents): Promise<OpenSummary[]> =>
  documentSchema.safeParse(await documents.read('summary', NAME)).data?.open ?? []

/** Saves how far each open export is. @param errors the last failed attempts of this run, by export */
export async function summarizeProgress(
  { documents, clock }: Pick<Dependencies, 'documents' | 'clock'>,
  queue: QueueSnapshot,
  errors: ReadonlyMap<string, ErrorSummary>
): Promise<void> {
  const isUnknown = queue.exports.some(
    (each) => attemptsOf(each).length > 0 && !errors.has(each.exportId)
  )
  const before = isUnknown ? await readOpen(documents) : []
  const earlier = new Map(before.map(({ exportId, lastError }) => [exportId, lastError]))
  const open = queue.exports.map((each): OpenSummary => {
    const { exportId, plan } = each
    const { route, scope, trigger = 'api', dry: dryRun } = each.request
    const attempts = attemptsOf(each)
    const error = errors.get(exportId) ?? earlier.get(exportId)
    const failed = { attempts: attempts.length, nextTryAt: iso(retryAt({ attempts })) }
    return {
      ...{ exportId, route, scope, trigger, dryRun, status: openStatus(each) },
      ...progressIn(queue, each),
      ...(plan && { startedAt: iso(plan.startedAt) }),
      ...(error &&
        attempts.length > 0 && { lastError: { ...pick(['code', 'message'], error), ...failed } }),
    }
  })
  await documents.save('summary', NAME, { v: 2, at: clock.now(), open })
}

/** Failed attempts of an export and its sources since the last progress, oldest first. */
const attemptsOf = ({ attempts, sources }: OpenExport) =>
  [...attempts, ...sources.flatMap((source) => source.attempts)].sort((a, b) => a - b)

function progressIn(queue: QueueSnapshot, { exportId, plan, lists }: OpenExport) {
  const listed = CHANGING_SOURCES.flatMap((name) => lists[name] ?? [])
  const isBySku = plan?.sources.some(isChanging) ?? false
  const receipts = counted(queue, exportId).filter(({ source }) => !isBySku || isChanging(source))
  const read = sum(receipts.map(({ skus = 0 }) => skus))
  return listed.length > 0 ? { planned: sum(pluck('total', listed)), read } : { read }
}
